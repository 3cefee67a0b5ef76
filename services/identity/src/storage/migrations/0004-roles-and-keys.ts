import type { Migration } from '@souk/sql';

/** Custom roles, service accounts and their keys. */
export const rolesAndKeys: Migration = {
  name: '0004-roles-and-keys',
  async up(trx) {
    await trx.raw(`
    create table custom_roles (
      name text primary key,
      description text not null,
      permissions text[] not null,
      version bigint not null
    );

    create table service_accounts (
      service_account_id uuid primary key,
      display_name text not null,
      permissions text[] not null,
      create_time timestamptz not null
    );

    create table api_keys (
      api_key_id uuid primary key,
      service_account_id uuid not null references service_accounts on delete cascade,
      display_name text not null,
      scopes text[] not null,
      secret_hash bytea not null unique,
      create_time timestamptz not null,
      expire_time timestamptz not null,
      use_time timestamptz,
      revoke_time timestamptz
    );
    create index api_keys_by_account on api_keys (service_account_id, api_key_id desc);
  `);
  },
};
