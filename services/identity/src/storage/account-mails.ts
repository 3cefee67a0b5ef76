import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { type AccountMail, MAILS_A_DAY } from '../domain/mail.ts';

const DAY_MS = 86_400_000;

/** Whoever adds an account or a mail to an address does so alone until its transaction ends. */
export async function lockAddress(trx: Knex.Transaction, emailKey: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 7302))', [emailKey]);
}

/**
 * Stores a mail, under the address's lock. Mails to the owner of an address carry no secret, but count.
 *
 * @returns `false` when the address had too many within a day.
 */
export async function addMail(
  trx: Knex.Transaction,
  emailKey: string,
  mail: Omit<AccountMail, 'accountId'> & {
    readonly accountId: string | undefined;
    readonly toOwner?: boolean;
  },
): Promise<boolean> {
  const now = new Date();
  const purpose = mail.toOwner === true ? 'registration-repeated' : mail.purpose;
  const emailKeyHash = createHash('sha256').update(emailKey).digest();
  const row = await trx('account_mails')
    .where({ email_key_hash: emailKeyHash, purpose })
    .where('create_time', '>', new Date(now.getTime() - DAY_MS))
    .count<{ count: bigint | string }[]>('* as count')
    .first();
  if (Number(row?.count ?? 0) >= MAILS_A_DAY) return false;
  await trx('account_mails').insert({
    mail_id: mail.id,
    account_id: mail.accountId ?? null,
    email_key_hash: emailKeyHash,
    purpose,
    create_time: now,
    expire_time: mail.expireTime,
  });
  return true;
}

/** Uses a mail's secret up, and with it every other of the account; `false` when it was used or has expired. */
export async function useMail(
  trx: Knex.Transaction,
  mailId: string,
  accountId: string,
  now: Date,
): Promise<boolean> {
  const used = await trx('account_mails')
    .where({ mail_id: mailId, account_id: accountId })
    .whereNull('use_time')
    .where('expire_time', '>', now)
    .update({ use_time: now });
  if (used === 0) return false;
  await trx('account_mails').where('account_id', accountId).whereNull('use_time').update({ use_time: now });
  return true;
}
