import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { ServiceAccountStore } from '../app/ports.ts';
import type { ApiKey, ServiceAccount } from '../domain/service-account.ts';
import { appendAudit } from './audit-chain.ts';
import { onceByKey } from './once-by-key.ts';
import { endTokensBelow } from './end-tokens.ts';
import type { Recording } from './recording.ts';

interface AccountRow {
  readonly service_account_id: string;
  readonly display_name: string;
  readonly permissions: string[];
  readonly create_time: Date;
}

interface KeyRow {
  readonly api_key_id: string;
  readonly service_account_id: string;
  readonly display_name: string;
  readonly scopes: string[];
  readonly create_time: Date;
  readonly expire_time: Date;
  readonly use_time: Date | null;
  readonly revoke_time: Date | null;
}

const ACCOUNTS_LOCK = 7_305;
const USE_NOTED_EVERY_MS = 60_000;
/** Tokens of programs carry version 0: this ends them all. */
const ALL_VERSIONS = 1n;

/** Service accounts and their keys in PostgreSQL. */
export function postgresServiceAccounts(sql: Sql, recording: Recording): ServiceAccountStore {
  const { knex } = sql;
  const record = (
    trx: Knex.Transaction,
    action: string,
    subjectId: string,
    actorId: string,
    detail: Record<string, string> = {},
  ): Promise<void> =>
    appendAudit(trx, [{ actorId, action, subjectId, detail }], recording.auditHash, new Date());

  return {
    async create(account, most, actorId, once) {
      const outcome = await onceByKey<'full'>(sql, 'CreateServiceAccount', once, async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(?)', [ACCOUNTS_LOCK]);
        if ((await trx<AccountRow>('service_accounts').select('service_account_id')).length >= most)
          return { refused: 'full' };
        await trx('service_accounts').insert({
          service_account_id: account.id,
          display_name: account.displayName,
          permissions: account.permissions,
          create_time: account.createTime,
        });
        const permissions = account.permissions.join(' ');
        await record(trx, 'service-account.created', account.id, actorId, { permissions });
        return { made: JSON.stringify({ id: account.id, createTime: account.createTime }) };
      });
      return 'made' in outcome ? { ...account, ...toMade(outcome.made) } : outcome.refused;
    },

    async list() {
      const rows = await knex<AccountRow>('service_accounts')
        .select('*')
        .orderBy('service_account_id', 'desc');
      return rows.map(toServiceAccount);
    },

    async find(id) {
      const row = await knex<AccountRow>('service_accounts')
        .select('*')
        .where('service_account_id', id)
        .first();
      return row && toServiceAccount(row);
    },

    async delete(id, actorId) {
      const deleted = await sql.transaction(async (trx) => {
        if ((await trx('service_accounts').where('service_account_id', id).delete()) === 0) return false;
        await endTokensBelow(trx, id, ALL_VERSIONS, recording, new Date());
        await record(trx, 'service-account.deleted', id, actorId);
        return true;
      });
      recording.onEnded();
      return deleted;
    },

    async addKey(key, secretHash, most, actorId) {
      return sql.transaction(async (trx) => {
        await trx('service_accounts')
          .select('service_account_id')
          .where('service_account_id', key.serviceAccountId)
          .forUpdate();
        const keys: unknown[] = await trx('api_keys')
          .select('api_key_id')
          .where('service_account_id', key.serviceAccountId);
        if (keys.length >= most) return false;
        await trx('api_keys').insert({
          api_key_id: key.id,
          service_account_id: key.serviceAccountId,
          display_name: key.displayName,
          scopes: key.scopes,
          secret_hash: secretHash,
          create_time: key.createTime,
          expire_time: key.expireTime,
        });
        await record(trx, 'api-key.created', key.id, actorId, {
          service_account_id: key.serviceAccountId,
          scopes: key.scopes.join(' '),
        });
        return true;
      });
    },

    async listKeys(serviceAccountId) {
      const rows = await knex<KeyRow>('api_keys')
        .select('*')
        .where('service_account_id', serviceAccountId)
        .orderBy('api_key_id', 'desc');
      return rows.map(toApiKey);
    },

    async revokeKey(keyId, now, actorId) {
      const revoked = await sql.transaction(async (trx) => {
        const row = await trx<KeyRow>('api_keys').select('*').where('api_key_id', keyId).forUpdate().first();
        if (row === undefined || row.revoke_time !== null) return row;
        await trx('api_keys').where('api_key_id', keyId).update({ revoke_time: now });
        await trx('ended_tokens').insert({
          subject_id: row.service_account_id,
          session_id: keyId,
          expire_time: new Date(now.getTime() + recording.tokenLifeMs),
        });
        await record(trx, 'api-key.revoked', keyId, actorId);
        return { ...row, revoke_time: now };
      });
      recording.onEnded();
      return revoked && toApiKey(revoked);
    },

    async findByHash(secretHash) {
      const key = await knex<KeyRow>('api_keys')
        .select('*')
        .whereRaw('secret_hash = ?', [secretHash])
        .first();
      const owner =
        key &&
        (await knex<AccountRow>('service_accounts')
          .select('*')
          .where('service_account_id', key.service_account_id)
          .first());
      return key && owner && { key: toApiKey(key), owner: toServiceAccount(owner) };
    },

    async noteUse(keyId, now) {
      const before = new Date(now.getTime() - USE_NOTED_EVERY_MS);
      await knex('api_keys')
        .where('api_key_id', keyId)
        .where((query) => void query.whereNull('use_time').orWhere('use_time', '<', before))
        .update({ use_time: now });
    },
  };
}

const made = z.object({ id: z.string(), createTime: z.coerce.date() });

/** What the account's maker does not know of it, as the log of requests remembers it. */
function toMade(text: string): Pick<ServiceAccount, 'id' | 'createTime'> {
  return made.parse(JSON.parse(text));
}

function toServiceAccount(row: AccountRow): ServiceAccount {
  return {
    id: row.service_account_id,
    displayName: row.display_name,
    permissions: row.permissions,
    createTime: row.create_time,
  };
}

function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.api_key_id,
    serviceAccountId: row.service_account_id,
    displayName: row.display_name,
    scopes: row.scopes,
    createTime: row.create_time,
    expireTime: row.expire_time,
    useTime: row.use_time ?? undefined,
    revokeTime: row.revoke_time ?? undefined,
  };
}
