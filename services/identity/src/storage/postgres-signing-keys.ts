import type { Sql } from '@souk/sql';
import type { JWK } from 'jose';
import type { SigningKeyStore, StoredSigningKey } from '../providers/signing-key.ts';

interface KeyRow {
  readonly kid: string;
  readonly public_jwk: JWK;
  readonly sealed_private_jwk: Buffer;
}

/** Signing keys in PostgreSQL; at most one is active. */
export function postgresSigningKeys(sql: Sql): SigningKeyStore {
  const { knex } = sql;
  const columns = ['kid', 'public_jwk', 'sealed_private_jwk'];
  return {
    async active() {
      const row = await knex('signing_keys').select<KeyRow[]>(columns).whereNull('retire_time').first();
      return row && toKey(row);
    },
    async insertFirst(key, now) {
      await knex('signing_keys')
        .insert({
          kid: key.kid,
          public_jwk: JSON.stringify(key.publicJwk),
          sealed_private_jwk: key.sealedPrivateJwk,
          create_time: now,
        })
        .onConflict()
        .ignore();
    },
    async published() {
      const rows = await knex('signing_keys').select<KeyRow[]>(columns).whereNull('retire_time');
      return rows.map(toKey);
    },
  };
}

function toKey(row: KeyRow): StoredSigningKey {
  return { kid: row.kid, publicJwk: row.public_jwk, sealedPrivateJwk: row.sealed_private_jwk };
}
