import type { Migration } from '@souk/sql';

/** Sessions, the hashes of their refresh tokens, and the keys that sign access tokens. */
export const sessions: Migration = {
  name: '0002-sessions',
  async up(trx) {
    await trx.raw(`
    create table sessions (
      session_id uuid primary key,
      kind text not null check (kind in ('user', 'guest')),
      subject_id uuid not null,
      create_time timestamptz not null,
      expire_time timestamptz not null,
      end_time timestamptz,
      end_reason text
    );
    create index sessions_by_subject on sessions (subject_id);
    create index sessions_by_expiry on sessions (expire_time);

    create table refresh_tokens (
      token_hash bytea primary key,
      session_id uuid not null references sessions on delete cascade,
      issue_time timestamptz not null,
      use_time timestamptz
    );
    create index refresh_tokens_by_session on refresh_tokens (session_id);

    create table signing_keys (
      kid text primary key,
      public_jwk jsonb not null,
      sealed_private_jwk bytea not null,
      create_time timestamptz not null,
      retire_time timestamptz
    );
    create unique index one_active_signing_key on signing_keys ((true)) where retire_time is null;
  `);
  },
};
