import type { Migration } from '@souk/sql';

/** Authenticator apps, recovery codes and address books. */
export const secondFactorsAndAddresses: Migration = {
  name: '0005-second-factors-and-addresses',
  async up(trx) {
    await trx.raw(`
    create table second_factors (
      account_id uuid primary key references accounts on delete cascade,
      sealed_secret bytea not null,
      confirm_time timestamptz,
      last_step bigint not null default 0
    );
    create table recovery_codes (
      account_id uuid not null references accounts on delete cascade,
      code_hash bytea not null,
      primary key (account_id, code_hash)
    );
    create table addresses (
      address_id uuid primary key,
      account_id uuid not null references accounts on delete cascade,
      label text not null,
      address jsonb not null,
      preferred boolean not null
    );
    create index addresses_by_account on addresses (account_id, address_id);
    create unique index one_preferred_address on addresses (account_id) where preferred;
  `);
  },
};
