import type { Migration } from '@souk/sql';

/** Who waits for what. `notify_time` is set when they are told, or do not wait any more. */
export const backInStock: Migration = {
  name: '0006-back-in-stock',
  async up(trx) {
    await trx.raw(`
    create table back_in_stock (
      subscription_id uuid primary key,
      sku text collate "C" not null,
      email text not null,
      locale text not null,
      owner_id text not null,
      create_time timestamptz not null default now(),
      notify_time timestamptz
    );
    create unique index back_in_stock_waiting on back_in_stock (owner_id, sku, email) where notify_time is null;
    create index back_in_stock_by_sku on back_in_stock (sku) where notify_time is null;
  `);
  },
};
