import { newId } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { AccountSearch, AccountStore } from '../app/ports.ts';
import { type Account, type AccountFact, emailKey } from '../domain/account.ts';
import { isRole } from '../domain/role.ts';

interface AccountRow {
  readonly account_id: string;
  readonly email: string;
  readonly password_hash: string;
  readonly display_name: string;
  readonly locale: string;
  readonly version: bigint;
  readonly create_time: Date;
  readonly roles: string[];
}

type Accounts = Knex.QueryBuilder<AccountRow, AccountRow[]>;

const ROLES = `array(select role from account_roles r where r.account_id = a.account_id order by role) as roles`;

/** Accounts in PostgreSQL. `toEvent` turns a fact into the message that is stored beside the change. */
export function postgresAccountStore(sql: Sql, toEvent: (fact: AccountFact) => Envelope): AccountStore {
  const accounts = (db: Knex): Accounts =>
    db<AccountRow>('accounts as a').select<AccountRow[]>('a.*', db.raw(ROLES));

  return {
    async insert(account, passwordHash, facts) {
      return sql.transaction(async (trx) => {
        const inserted: unknown[] = await trx('accounts')
          .insert({
            account_id: account.id,
            email: account.email,
            email_key: emailKey(account.email),
            password_hash: passwordHash,
            display_name: account.displayName,
            locale: account.locale,
            version: account.version.toString(),
            create_time: account.createTime,
          })
          .onConflict('email_key')
          .ignore()
          .returning('account_id');
        if (inserted.length === 0) return false;
        await trx('account_roles').insert(account.roles.map((role) => ({ account_id: account.id, role })));
        await appendOutbox(trx, facts.map(toEvent));
        return true;
      });
    },

    async findByEmail(key) {
      const row = await accounts(sql.knex).where('a.email_key', key).first();
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },

    async findById(accountId) {
      const row = await accounts(sql.knex).where('a.account_id', accountId).first();
      return row && toAccount(row);
    },

    async findMany(accountIds) {
      const rows = await accounts(sql.knex).whereIn('a.account_id', [...accountIds]);
      return rows.map(toAccount);
    },

    async search(search) {
      const rows = await narrow(accounts(sql.knex), search);
      return rows.map(toAccount);
    },

    async updateRoles(accountId, decide) {
      return sql.transaction(async (trx) => {
        // Administrators are locked too, so that two of them cannot remove each other at once.
        const admins: unknown[] = await trx('account_roles')
          .select('account_id')
          .where('role', 'admin')
          .orderBy('account_id')
          .forUpdate();
        const row = await accounts(trx).where('a.account_id', accountId).forUpdate().first();
        if (row === undefined) return undefined;
        const before = toAccount(row);
        const update = decide(before, admins.length);
        if (update === undefined) return before;
        const { account, change, fact } = update;
        if (change.action === 'grant')
          await trx('account_roles').insert({ account_id: accountId, role: change.role });
        else await trx('account_roles').where({ account_id: accountId, role: change.role }).delete();
        await trx('accounts').where('account_id', accountId).update({ version: account.version.toString() });
        await trx('role_changes').insert({
          change_id: newId(),
          account_id: accountId,
          action: change.action,
          role: change.role,
          actor_id: change.actorId === '' ? null : change.actorId,
          reason: change.reason,
          change_time: fact.time,
        });
        await appendOutbox(trx, [toEvent(fact)]);
        return account;
      });
    },

    async replacePasswordHash(accountId, from, to) {
      await sql
        .knex('accounts')
        .where({ account_id: accountId, password_hash: from })
        .update({ password_hash: to });
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

function toAccount(row: AccountRow): Account {
  return {
    id: row.account_id,
    email: row.email,
    displayName: row.display_name,
    locale: row.locale,
    roles: row.roles.filter(isRole),
    version: row.version,
    createTime: row.create_time,
  };
}
