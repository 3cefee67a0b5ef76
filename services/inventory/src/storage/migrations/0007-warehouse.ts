import type { Migration } from '@souk/sql';

/** Transfers between locations, and cycle counts. */
export const warehouse: Migration = {
  name: '0007-warehouse',
  async up(trx) {
    await trx.raw(`
    create table transfers (
      transfer_id uuid primary key,
      from_location_id text not null references locations,
      to_location_id text not null references locations,
      lines jsonb not null,
      state text not null check (state in ('in-transit', 'received', 'cancelled')),
      create_time timestamptz not null default now()
    );
    create table counts (
      count_id uuid primary key,
      location_id text not null references locations,
      lines jsonb not null,
      is_reconciled boolean not null,
      create_time timestamptz not null default now()
    );
    create index movements_by_time on movements using brin (create_time);
  `);
  },
};
