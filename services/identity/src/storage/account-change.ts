import { appendOutbox } from '@souk/sql';
import type { Knex } from 'knex';
import type { AccountStore, AccountUpdate, Surroundings } from '../app/ports.ts';
import type { Account } from '../domain/account.ts';
import { useMail } from './account-mails.ts';
import { type AccountRow, accountColumns, toAccount } from './account-row.ts';
import { appendAudit } from './audit-chain.ts';
import { endTokensBelow } from './end-tokens.ts';
import type { AccountWriting } from './postgres-account-store.ts';

const MOST_RIVALS = 20;

type Decide = Parameters<AccountStore['change']>[1];

/** Changes an account in a transaction, with everything that goes along: password, roles, facts, record, ended tokens. */
export async function changeAccount(
  trx: Knex.Transaction,
  accounts: Knex.QueryBuilder<AccountRow, AccountRow[]>,
  accountId: string,
  decide: Decide,
  mailId: string | undefined,
  writing: AccountWriting,
): Promise<{ account: Account | undefined; ended: boolean }> {
  const now = new Date();
  const row = await accounts.where('a.account_id', accountId).forUpdate().first();
  if (row === undefined) return { account: undefined, ended: false };
  if (mailId !== undefined && !(await useMail(trx, mailId, accountId, now)))
    return { account: undefined, ended: false };
  const before = toAccount(row);
  const update = decide(before, await surroundingsOf(trx, before, row.email_key));
  if (update === undefined) return { account: before, ended: false };
  await write(trx, before, update);
  await appendOutbox(trx, update.facts.map(writing.toEvent));
  await appendAudit(trx, update.audit, writing.auditHash, now);
  const ended = await endAccess(trx, before, update, writing, now);
  return { account: update.account ?? before, ended };
}

async function surroundingsOf(trx: Knex.Transaction, account: Account, key: string): Promise<Surroundings> {
  // Administrators are locked too, so that two of them cannot remove each other at once.
  const admins: unknown[] = account.roles.includes('admin')
    ? await trx('account_roles').select('account_id').where('role', 'admin').orderBy('account_id').forUpdate()
    : [];
  const rivals =
    account.emailConfirmTime === undefined
      ? await trx('accounts')
          .select<{ account_id: string }[]>('account_id')
          .where('email_key', key)
          .whereNull('email_confirm_time')
          .whereNot('account_id', account.id)
          .limit(MOST_RIVALS)
      : [];
  return { admins: admins.length, rivalIds: rivals.map((rival) => rival.account_id) };
}

async function write(trx: Knex.Transaction, before: Account, update: AccountUpdate): Promise<void> {
  const { account: after, passwordHash } = update;
  if (after === undefined) {
    await trx('accounts').where('account_id', before.id).delete();
    return;
  }
  await trx('accounts')
    .where('account_id', before.id)
    .update({
      ...accountColumns(after),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
    });
  const granted = after.roles.filter((role) => !before.roles.includes(role));
  const revoked = before.roles.filter((role) => !after.roles.includes(role));
  if (granted.length > 0)
    await trx('account_roles').insert(granted.map((role) => ({ account_id: before.id, role })));
  if (revoked.length > 0)
    await trx('account_roles').where('account_id', before.id).whereIn('role', revoked).delete();
}

async function endAccess(
  trx: Knex.Transaction,
  before: Account,
  { account: after, ends }: AccountUpdate,
  life: AccountWriting,
  now: Date,
): Promise<boolean> {
  if (ends === undefined) return false;
  await endTokensBelow(trx, before.id, after?.version ?? before.version + 1n, life, now);
  if (ends !== 'access-tokens')
    await trx('sessions')
      .where('subject_id', before.id)
      .whereNull('end_time')
      .update({ end_time: now, end_reason: ends });
  return true;
}
