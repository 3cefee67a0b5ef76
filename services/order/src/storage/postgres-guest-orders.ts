import type { Sql } from '@souk/sql';
import type { GuestOrders } from '../app/attach-guest-orders.ts';
import { OPEN_STATES } from './saga-row.ts';

/** Guest orders that are to become an account's, in PostgreSQL. */
export function postgresGuestOrders({ knex }: Sql): GuestOrders {
  return {
    async note(accountId, key, before, limit) {
      const noted = await knex.raw<{ rowCount: number }>(
        `insert into guest_orders_due (order_id, account_id)
         select o.order_id, ?::uuid from orders o
         where o.customer_kind = 'guest' and lower(normalize(btrim(o.email), nfkc) collate "und-x-icu") = ?
           and o.create_time <= ? and o.state not in ('rejected', 'expired')
           and not exists (select from guest_orders_due d where d.order_id = o.order_id)
         order by o.order_id limit ? on conflict do nothing`,
        [accountId, key, before, limit],
      );
      return noted.rowCount;
    },
    async due(limit) {
      const { rows } = await knex.raw<{ rows: { order_id: string; account_id: string }[] }>(
        `select d.order_id, d.account_id from guest_orders_due d
         where not exists (select from sagas s where s.order_id = d.order_id and s.state = any(?::text[]))
           and not exists (select from documents_due n where n.order_id = d.order_id)
         order by d.order_id limit ?`,
        [[...OPEN_STATES], limit],
      );
      return rows.map(({ order_id: orderId, account_id: accountId }) => ({ orderId, accountId }));
    },
    async done(orderIds) {
      if (orderIds.length === 0) return;
      await knex('guest_orders_due').whereIn('order_id', orderIds).delete();
    },
  };
}
