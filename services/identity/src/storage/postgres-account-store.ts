import type { Envelope } from '@souk/messaging';
import { appendOutbox, isUniqueViolation, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { AccountSearch, AccountStore } from '../app/ports.ts';
import { type AccountFact, emailKey } from '../domain/account.ts';
import { changeAccount } from './account-change.ts';
import { type AccountRow, accountColumns, toAccount } from './account-row.ts';
import { addMail, lockAddress } from './account-mails.ts';
import { appendAudit } from './audit-chain.ts';
import type { TokenLife } from './end-tokens.ts';

/** How an account store writes what goes along with a change. */
export interface AccountWriting extends TokenLife {
  /** Turns a fact into the message that is stored beside the change. */
  readonly toEvent: (fact: AccountFact) => Envelope;
  readonly auditHash: (text: string) => string;
  /** Told after a commit that ended access tokens. */
  readonly onEnded: () => void;
}

type Accounts = Knex.QueryBuilder<AccountRow, AccountRow[]>;

const ROLES = `array(select role from account_roles r where r.account_id = a.account_id order by role) as roles`;

/** Accounts in PostgreSQL. */
export function postgresAccountStore(sql: Sql, writing: AccountWriting): AccountStore {
  const accounts = (db: Knex): Accounts =>
    db<AccountRow>('accounts as a').select<AccountRow[]>('a.*', db.raw(ROLES));
  const confirmed = (db: Knex, key: string): Accounts =>
    accounts(db).where('a.email_key', key).whereNotNull('a.email_confirm_time');
  const unconfirmed = (db: Knex, key: string): Accounts =>
    accounts(db).where('a.email_key', key).whereNull('a.email_confirm_time').orderBy('a.account_id', 'desc');

  return {
    async insert({ account, passwordHash, mail, audit, after }) {
      const key = emailKey(account.email);
      try {
        return await sql.transaction(async (trx) => {
          await lockAddress(trx, key);
          const newest = await unconfirmed(trx, key).first();
          if (newest?.account_id !== after) return false;
          const owner = await confirmed(trx, key).first();
          await trx('accounts').insert({
            account_id: account.id,
            email_key: key,
            password_hash: passwordHash,
            create_time: account.createTime,
            ...accountColumns(account),
          });
          await trx('account_roles').insert(account.roles.map((role) => ({ account_id: account.id, role })));
          const common = { accountId: account.id, version: account.version, time: account.createTime };
          const facts: AccountFact[] = [{ type: 'registered', ...common }];
          if (mail !== undefined && (await addMail(trx, key, { ...mail, toOwner: owner !== undefined })))
            facts.push(
              owner === undefined
                ? { type: 'confirmation-requested', ...common, mailId: mail.id }
                : {
                    type: 'registration-repeated',
                    accountId: owner.account_id,
                    version: owner.version,
                    time: account.createTime,
                  },
            );
          await appendOutbox(trx, facts.map(writing.toEvent));
          await appendAudit(trx, audit, writing.auditHash, account.createTime);
          return true;
        });
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    async findByEmail(key) {
      const row = await confirmed(sql.knex, key).first();
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },

    async findUnconfirmed(key) {
      const row = await unconfirmed(sql.knex, key).first();
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },

    async findById(accountId) {
      const row = await accounts(sql.knex).where('a.account_id', accountId).first();
      return row && toAccount(row);
    },

    async findCredentials(accountId) {
      const row = await accounts(sql.knex).where('a.account_id', accountId).first();
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },

    async findMany(accountIds) {
      const rows = await accounts(sql.knex).whereIn('a.account_id', [...accountIds]);
      return rows.map(toAccount);
    },

    async search(search) {
      const rows = await narrow(accounts(sql.knex), search);
      return rows.map(toAccount);
    },

    async change(accountId, decide, mailId) {
      try {
        const { account, ended } = await sql.transaction((trx) =>
          changeAccount(trx, accounts(trx), accountId, decide, mailId, writing),
        );
        if (ended) writing.onEnded();
        return account;
      } catch (error) {
        if (isUniqueViolation(error)) return undefined;
        throw error;
      }
    },

    async replacePasswordHash(accountId, from, to) {
      await sql
        .knex('accounts')
        .where({ account_id: accountId, password_hash: from })
        .update({ password_hash: to });
    },

    async findForgotten(before, limit) {
      const rows = await sql
        .knex('accounts')
        .select<{ account_id: string }[]>('account_id')
        .whereNull('email_confirm_time')
        .where('create_time', '<', before)
        .orderBy('account_id')
        .limit(limit);
      return rows.map((row) => row.account_id);
    },
  };
}

function narrow(query: Accounts, search: AccountSearch): Accounts {
  const prefix = emailKey(search.emailPrefix).replaceAll(/[\\%_]/g, (character) => `\\${character}`);
  if (prefix !== '') query.where('a.email_key', 'like', `${prefix}%`);
  if (search.role !== undefined) {
    query.join('account_roles as held', 'held.account_id', 'a.account_id').where('held.role', search.role);
  }
  if (search.after !== undefined) query.where('a.account_id', '<', search.after);
  return query.orderBy('a.account_id', 'desc').limit(search.limit);
}
