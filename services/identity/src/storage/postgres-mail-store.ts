import { newId } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { MailStore } from '../app/ports.ts';
import type { AccountFact } from '../domain/account.ts';
import { MAIL_LIFE_MS, type MailPurpose } from '../domain/mail.ts';
import { addMail, lockAddress } from './account-mails.ts';

interface MailRow {
  readonly mail_id: string;
  readonly account_id: string;
  readonly purpose: MailPurpose;
  readonly expire_time: Date;
}

/** Mails with secrets in PostgreSQL; the secrets themselves are nowhere. */
export function postgresMailStore(sql: Sql, toEvent: (fact: AccountFact) => Envelope): MailStore {
  return {
    async ask(emailKey, purpose, account) {
      return sql.transaction(async (trx) => {
        await lockAddress(trx, emailKey);
        const now = new Date();
        const expireTime = new Date(now.getTime() + MAIL_LIFE_MS[purpose]);
        const mail = { id: newId(), accountId: account?.id, purpose, expireTime };
        if (!(await addMail(trx, emailKey, mail))) return false;
        if (account === undefined) return true;
        const type = purpose === 'confirm-email' ? 'confirmation-requested' : 'reset-requested';
        await appendOutbox(trx, [
          toEvent({ type, accountId: account.id, version: account.version, time: now, mailId: mail.id }),
        ]);
        return true;
      });
    },

    async findUsable(mailId) {
      const row = await sql
        .knex('account_mails')
        .select<MailRow[]>('mail_id', 'account_id', 'purpose', 'expire_time')
        .where('mail_id', mailId)
        .whereNotNull('account_id')
        .whereNull('use_time')
        .where('expire_time', '>', new Date())
        .first();
      return (
        row && {
          id: row.mail_id,
          accountId: row.account_id,
          purpose: row.purpose,
          expireTime: row.expire_time,
        }
      );
    },

    async forgetExpired(before) {
      await sql.knex('account_mails').where('expire_time', '<', before).delete();
    },
  };
}
