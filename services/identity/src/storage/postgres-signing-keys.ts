import type { Sql } from '@souk/sql';
import type { JWK } from 'jose';
import type { AuditEntry } from '../domain/audit.ts';
import { type Overlap, planRotation } from '../domain/signing-key.ts';
import type { SigningKeyStore, StoredSigningKey } from '../providers/signing-key.ts';
import { appendAudit } from './audit-chain.ts';

interface KeyRow {
  readonly kid: string;
  readonly public_jwk: JWK;
  readonly sealed_private_jwk: Buffer;
  readonly create_time: Date;
  readonly activate_time: Date;
  readonly expire_time: Date | null;
}

/** Whoever adds a key holds this lock until its transaction ends. */
const ROTATION_LOCK = 7_303;

/** Signing keys in PostgreSQL. */
export function postgresSigningKeys(
  sql: Sql,
  overlap: Overlap,
  auditHash: (text: string) => string,
): SigningKeyStore {
  return {
    async published(now) {
      const rows = await sql
        .knex<KeyRow>('signing_keys')
        .where((query) => void query.whereNull('expire_time').orWhere('expire_time', '>', now))
        .orderBy('activate_time', 'desc');
      return rows.map(toKey);
    },

    async add(key, now, actorId) {
      return sql.transaction(async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(?)', [ROTATION_LOCK]);
        const newest = await trx<KeyRow>('signing_keys').orderBy('activate_time', 'desc').first();
        // The first key signs at once; while one waits for its time, there is no need for another.
        if (newest !== undefined && (actorId === undefined || newest.activate_time > now))
          return toKey(newest);
        const { activateTime, predecessorsExpireTime } = planRotation(now, overlap);
        await trx('signing_keys').whereNull('expire_time').update({ expire_time: predecessorsExpireTime });
        const [added] = await trx<KeyRow>('signing_keys')
          .insert({
            kid: key.kid,
            public_jwk: key.publicJwk,
            sealed_private_jwk: key.sealedPrivateJwk,
            create_time: now,
            activate_time: newest === undefined ? now : activateTime,
          })
          .returning('*');
        if (added === undefined) throw new Error('the signing key could not be stored');
        const entry: AuditEntry = {
          actorId: actorId ?? '',
          action: newest === undefined ? 'signing-key.made' : 'signing-key.rotated',
          subjectId: key.kid,
          detail: {},
        };
        await appendAudit(trx, [entry], auditHash, now);
        return toKey(added);
      });
    },

    async forgetExpired(before) {
      await sql.knex('signing_keys').where('expire_time', '<', before).delete();
    },
  };
}

function toKey(row: KeyRow): StoredSigningKey {
  return {
    id: row.kid,
    publicJwk: row.public_jwk,
    sealedPrivateJwk: row.sealed_private_jwk,
    createTime: row.create_time,
    activateTime: row.activate_time,
    expireTime: row.expire_time ?? undefined,
  };
}
