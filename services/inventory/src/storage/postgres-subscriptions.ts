import { newId } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { Subscription, Subscriptions } from '../app/back-in-stock.ts';
import type { InventoryFact } from '../domain/fact.ts';

interface SubscriptionRow {
  readonly subscription_id: string;
  readonly sku: string;
  readonly email: string;
  readonly locale: string;
  readonly owner_id: string;
  readonly create_time: Date;
}

const ANY_WAITING = {
  name: 'any-waiting',
  text: 'SELECT EXISTS (SELECT FROM back_in_stock WHERE notify_time IS NULL) AS any_waiting',
};

/** Back-in-stock subscriptions in PostgreSQL. */
export function postgresSubscriptions(sql: Sql, toEvent: (fact: InventoryFact) => Envelope): Subscriptions {
  const { knex } = sql;
  return {
    async add({ sku, email, locale, ownerId }) {
      const result = await knex.raw<{ rows: SubscriptionRow[] }>(
        `INSERT INTO back_in_stock (subscription_id, sku, email, locale, owner_id) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (owner_id, sku, email) WHERE notify_time IS NULL DO UPDATE SET locale = excluded.locale
         RETURNING *`,
        [newId(), sku, email, locale, ownerId],
      );
      const row = result.rows[0];
      if (row === undefined) throw new Error('a subscription was not kept');
      return toSubscription(row);
    },
    async countWaiting(ownerId) {
      const result = await knex.raw<{ rows: { count: bigint }[] }>(
        'SELECT count(*) AS count FROM back_in_stock WHERE owner_id = ? AND notify_time IS NULL',
        [ownerId],
      );
      return Number(result.rows[0]?.count ?? 0);
    },
    async remove(subscriptionId, ownerId) {
      const result = await knex.raw<{ rows: unknown[] }>(
        `UPDATE back_in_stock SET notify_time = coalesce(notify_time, now())
         WHERE subscription_id = ? AND owner_id = ? RETURNING 1`,
        [subscriptionId, ownerId],
      );
      return result.rows.length > 0;
    },
    async find(subscriptionId) {
      const result = await knex.raw<{ rows: SubscriptionRow[] }>(
        'SELECT * FROM back_in_stock WHERE subscription_id = ?',
        [subscriptionId],
      );
      return result.rows.map(toSubscription)[0];
    },
    async notifyAvailable(limit) {
      const [waiting] = await sql.run<{ any_waiting: boolean }>(ANY_WAITING, []);
      if (waiting?.any_waiting !== true) return 0;
      return sql.transaction(async (trx) => {
        const result = await trx.raw<{ rows: (SubscriptionRow & { notify_time: Date })[] }>(
          `WITH told AS (
             SELECT subscription_id FROM back_in_stock
             WHERE notify_time IS NULL AND EXISTS (
               SELECT FROM stock JOIN locations USING (location_id)
               WHERE stock.sku = back_in_stock.sku AND is_active
                 AND on_hand - reserved - safety_stock - backordered > 0)
             ORDER BY create_time LIMIT ? FOR UPDATE SKIP LOCKED)
           UPDATE back_in_stock SET notify_time = now() FROM told
           WHERE back_in_stock.subscription_id = told.subscription_id RETURNING back_in_stock.*`,
          [limit],
        );
        const facts = result.rows.map((row) => ({
          type: 'back-in-stock' as const,
          subscriptionId: row.subscription_id,
          sku: row.sku,
          time: row.notify_time,
        }));
        await appendOutbox(trx, facts.map(toEvent));
        return facts.length;
      });
    },
  };
}

function toSubscription(row: SubscriptionRow): Subscription {
  return {
    subscriptionId: row.subscription_id,
    sku: row.sku,
    email: row.email,
    locale: row.locale,
    ownerId: row.owner_id,
    createTime: row.create_time,
  };
}
