import { Money } from '@souk/kernel';
import type { Knex } from 'knex';
import type { StoredValueEntry } from '../app/stored-value/ports.ts';
import {
  moved,
  type StoredValue,
  type StoredValueKind,
  type StoredValueMovement,
} from '../domain/stored-value.ts';

interface AccountRow {
  readonly account_id: string;
  readonly kind: StoredValueKind;
  readonly currency: string;
  readonly balance: bigint;
  readonly held: bigint;
}

/** A row of an account's history. */
export interface EntryRow {
  readonly entry_number: bigint;
  readonly kind: StoredValueMovement;
  readonly currency: string;
  readonly amount: bigint;
  readonly payment_id: string | null;
  readonly order_id: string | null;
  readonly reason: string;
  readonly create_time: Date;
}

/** Why an account moves. */
export interface MovementCause {
  readonly paymentId?: string;
  readonly orderId?: string;
  readonly reason?: string;
  readonly authorId?: string;
  readonly time: Date;
}

/** Locks an account; undefined if there is none. */
export async function lockAccount(
  trx: Knex.Transaction,
  where: Readonly<Record<string, string>>,
): Promise<StoredValue | undefined> {
  const [row] = await trx<AccountRow>('stored_value_accounts')
    .select<AccountRow[]>('*')
    .where(where)
    .forUpdate();
  return row && toAccount(row);
}

/** Moves a locked account and writes its history. Throws what the domain refuses with. */
export async function moveAccount(
  trx: Knex.Transaction,
  account: StoredValue,
  movement: StoredValueMovement,
  amount: Money,
  cause: MovementCause,
): Promise<StoredValue> {
  const after = moved(account, movement, amount);
  await trx('stored_value_accounts')
    .where('account_id', account.id)
    .update({ balance: after.balance.minor.toString(), held: after.held.minor.toString() });
  await trx('stored_value_entries').insert({
    account_id: account.id,
    kind: movement,
    amount: amount.minor.toString(),
    payment_id: cause.paymentId ?? null,
    order_id: cause.orderId ?? null,
    reason: cause.reason ?? '',
    author_id: cause.authorId ?? '',
    create_time: cause.time,
  });
  return after;
}

/** An account from its row. */
function toAccount(row: AccountRow): StoredValue {
  const money = (minor: bigint): Money => Money.of(row.currency, minor);
  return { id: row.account_id, kind: row.kind, balance: money(row.balance), held: money(row.held) };
}

/** A piece of history from its row. */
export function toStoredValueEntry(row: EntryRow): StoredValueEntry {
  return {
    entryNumber: row.entry_number,
    kind: row.kind,
    amount: Money.of(row.currency, row.amount),
    paymentId: row.payment_id ?? '',
    orderId: row.order_id ?? '',
    reason: row.reason,
    createTime: row.create_time,
  };
}
