import type { Migration } from '@souk/sql';

/** Reservations, one per order, and the returns that were booked. */
export const reservations: Migration = {
  name: '0002-reservations',
  async up(trx) {
    await trx.raw(`
    create table reservations (
      reservation_id uuid primary key,
      order_id uuid not null unique,
      lines jsonb not null,
      state text not null check (state in ('held', 'committed', 'released', 'expired')),
      version bigint not null,
      create_time timestamptz not null,
      expire_time timestamptz not null
    );
    create index reservations_overdue on reservations (expire_time) where state = 'held';

    create table restocks (
      return_id uuid primary key,
      order_id uuid not null,
      units jsonb not null,
      create_time timestamptz not null
    );
  `);
  },
};
