import type { Migration } from '@souk/sql';

/** Confirmed addresses, locks, mails with secrets, early ends of access tokens, overlapping keys, the audit log. */
export const accessEnds: Migration = {
  name: '0003-access-ends',
  async up(trx) {
    await trx.raw(`
    alter table accounts add column email_confirm_time timestamptz, add column lock_time timestamptz;
    update accounts set email_confirm_time = create_time;
    alter table accounts drop constraint accounts_email_key_key;
    create unique index accounts_confirmed_email on accounts (email_key) where email_confirm_time is not null;
    create index accounts_unconfirmed_email on accounts (email_key, account_id desc) where email_confirm_time is null;

    alter table sessions
      add column user_agent text not null default '',
      add column address text not null default '',
      add column refresh_time timestamptz;
    update sessions set refresh_time = create_time;
    alter table sessions alter column refresh_time set not null;
    drop index sessions_by_subject;
    create index sessions_by_subject on sessions (subject_id, session_id);

    -- The transaction's id is kept so that readers find what committed late, whatever its place in the sequence.
    create table ended_tokens (
      ended_id bigint generated always as identity primary key,
      subject_id uuid not null,
      session_id uuid,
      min_version bigint,
      expire_time timestamptz not null,
      xact xid8 not null default pg_current_xact_id(),
      check ((session_id is null) <> (min_version is null))
    );
    create index ended_tokens_by_xact on ended_tokens (xact);

    create table account_mails (
      mail_id uuid primary key,
      account_id uuid references accounts on delete cascade,
      email_key_hash bytea not null,
      purpose text not null,
      create_time timestamptz not null,
      expire_time timestamptz not null,
      use_time timestamptz
    );
    create index account_mails_by_address on account_mails (email_key_hash, purpose, create_time);
    create index account_mails_by_account on account_mails (account_id);

    drop index one_active_signing_key;
    alter table signing_keys add column activate_time timestamptz, add column expire_time timestamptz;
    update signing_keys set activate_time = create_time, expire_time = retire_time;
    alter table signing_keys alter column activate_time set not null, drop column retire_time;

    create table audit_log (
      sequence bigint primary key,
      entry_time timestamptz not null,
      actor_id text not null,
      action text not null,
      subject_id text not null,
      detail text not null,
      previous_hash text not null,
      hash text not null
    );
    create index audit_log_by_subject on audit_log (subject_id, sequence);
    create index audit_log_by_actor on audit_log (actor_id, sequence);
    create index audit_log_by_action on audit_log (action, sequence);
    create function audit_log_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'audit_log is append-only';
    end $$;
    create trigger audit_log_append_only before update or delete or truncate on audit_log
      for each statement execute function audit_log_is_append_only();
  `);
  },
};
