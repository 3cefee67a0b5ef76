import type { Migration } from '@souk/sql';

/** Accounts, their roles and the record of who changed them. */
export const accounts: Migration = {
  name: '0001-accounts',
  async up(trx) {
    await trx.raw(`
    create table accounts (
      account_id uuid primary key,
      email text not null,
      email_key text not null unique,
      password_hash text not null,
      display_name text not null,
      locale text not null,
      version bigint not null,
      create_time timestamptz not null
    );
    create index accounts_email_prefix on accounts (email_key text_pattern_ops);

    create table account_roles (
      account_id uuid not null references accounts on delete cascade,
      role text not null,
      primary key (account_id, role)
    );
    create index account_roles_by_role on account_roles (role, account_id);

    create table role_changes (
      change_id uuid primary key,
      account_id uuid not null,
      action text not null check (action in ('grant', 'revoke')),
      role text not null,
      actor_id uuid,
      reason text not null,
      change_time timestamptz not null
    );
    create index role_changes_by_account on role_changes (account_id, change_time);

    create function role_changes_are_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'role_changes is append-only';
    end $$;
    create trigger role_changes_append_only before update or delete or truncate on role_changes
      for each statement execute function role_changes_are_append_only();
  `);
  },
};
