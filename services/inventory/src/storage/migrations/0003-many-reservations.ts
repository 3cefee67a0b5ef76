import type { Migration } from '@souk/sql';

/** An order may have several reservations; its first has the order's id. */
export const manyReservations: Migration = {
  name: '0003-many-reservations',
  async up(trx) {
    await trx.raw(`
    update reservations set reservation_id = order_id;
    alter table reservations drop constraint reservations_order_id_key;
    create index reservations_by_order on reservations (order_id);
  `);
  },
};
