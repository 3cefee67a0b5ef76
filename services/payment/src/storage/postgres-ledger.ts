import { Money } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { Ledger, LedgerEntry } from '../app/ports.ts';
import type { BookingKind, LedgerSide } from '../domain/ledger.ts';
import type { Movement } from '../domain/reconciliation.ts';

interface EntryRow {
  readonly entry_number: bigint;
  readonly transaction_id: string;
  readonly kind: BookingKind;
  readonly account: string;
  readonly side: LedgerSide;
  readonly currency: string;
  readonly amount: bigint;
  readonly payment_id: string | null;
  readonly order_id: string | null;
  readonly provider_reference: string;
  readonly book_time: Date;
}

interface MovementRow {
  readonly transaction_number: bigint;
  readonly provider: string;
  readonly book_time: Date;
  readonly provider_reference: string;
  readonly payment_id: string;
  readonly currency: string;
  readonly amount: bigint;
}

/** The books in PostgreSQL, to be read. */
export function postgresLedger(sql: Sql): Ledger {
  return {
    async listEntries({ paymentId, account, after, limit }) {
      const query = sql
        .knex('ledger_entries as e')
        .join('ledger_transactions as t', 't.transaction_id', 'e.transaction_id')
        .select<EntryRow[]>(
          'e.*',
          't.kind',
          't.payment_id',
          't.order_id',
          't.provider_reference',
          't.book_time',
        )
        .where('e.entry_number', '>', after.toString())
        .orderBy('e.entry_number')
        .limit(limit);
      if (paymentId !== '') query.where('t.payment_id', paymentId);
      if (account !== '') query.where('e.account', account);
      return (await query).map(toEntry);
    },

    async trialBalance() {
      const { rows } = await sql.knex.raw<{
        rows: { account: string; currency: string; debit: string; credit: string }[];
      }>(
        `select account, currency,
           coalesce(sum(amount) filter (where side = 'debit'), 0)::text as debit,
           coalesce(sum(amount) filter (where side = 'credit'), 0)::text as credit
         from ledger_entries group by account, currency order by currency, account`,
      );
      return rows.map(({ account, currency, debit, credit }) => ({
        account,
        debit: Money.of(currency, BigInt(debit)),
        credit: Money.of(currency, BigInt(credit)),
      }));
    },

    async listMovements(provider, { start, end }, after, limit) {
      const query = sql
        .knex<MovementRow>('ledger_movements')
        .select<MovementRow[]>('*')
        .where('provider', provider)
        .where('transaction_number', '>', after.toString())
        .where('book_time', '<', end)
        .orderBy('transaction_number')
        .limit(limit);
      if (start !== undefined) query.where('book_time', '>=', start);
      const rows = await query;
      return { movements: rows.map(toMovement), last: rows.at(-1)?.transaction_number ?? after };
    },

    async findMovements(provider, references) {
      const rows = await sql
        .knex<MovementRow>('ledger_movements')
        .select<MovementRow[]>('*')
        .where('provider', provider)
        .whereIn('provider_reference', [...references]);
      return rows.map(toMovement);
    },
  };
}

function toEntry(row: EntryRow): LedgerEntry {
  return {
    entryNumber: row.entry_number,
    transactionId: row.transaction_id,
    kind: row.kind,
    account: row.account,
    side: row.side,
    amount: Money.of(row.currency, row.amount),
    paymentId: row.payment_id ?? '',
    orderId: row.order_id ?? '',
    providerReference: row.provider_reference,
    bookTime: row.book_time,
  };
}

function toMovement(row: MovementRow): Movement {
  return {
    providerReference: row.provider_reference,
    paymentId: row.payment_id,
    amount: Money.of(row.currency, row.amount),
  };
}
