import type { Migration } from '@souk/sql';

/** Sagas. A saga that has not ended is taken up by whoever comes first once its lease is over. */
export const sagas: Migration = {
  name: '0003-sagas',
  async up(trx) {
    await trx.raw(`
    create table sagas (
      saga_id uuid primary key,
      kind text not null,
      subject_id uuid not null,
      order_id uuid not null references orders,
      state text not null,
      stage integer not null,
      done text[] not null,
      data jsonb not null,
      refusal jsonb,
      attempts integer not null,
      last_error text not null,
      lease_owner uuid,
      lease_until timestamptz not null,
      create_time timestamptz not null,
      update_time timestamptz not null,
      unique (kind, subject_id)
    ) with (fillfactor = 70);
    create index sagas_open on sagas (lease_until) where state in ('running', 'compensating');
    create index sagas_by_order on sagas (order_id);
    `);
  },
};
