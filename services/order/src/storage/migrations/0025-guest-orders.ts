import type { Migration } from '@souk/sql';

/**
 * Guest orders that wait to become an account's, and the index by which they are found: by the key that identity compares
 * addresses by (trimmed, NFKC, lower case).
 */
export const guestOrders: Migration = {
  name: '0025-guest-orders',
  async up(trx) {
    await trx.raw(`
    create index orders_by_guest_email on orders (lower(normalize(btrim(email), nfkc) collate "und-x-icu"), order_id)
      where customer_kind = 'guest';

    create table guest_orders_due (
      order_id uuid primary key references orders,
      account_id uuid not null
    );
    `);
  },
};
