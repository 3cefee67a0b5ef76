import type { Migration } from '@souk/sql';

/** Indices for finding orders by e-mail address and by variant. */
export const search: Migration = {
  name: '0021-search',
  async up(trx) {
    await trx.raw(`
    create index orders_by_email on orders (lower(email), order_time desc, order_id desc);
    create index order_lines_by_sku on order_lines (sku, order_id);
    `);
  },
};
