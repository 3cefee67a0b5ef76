import { isUuid, Money } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { ProviderEventStore } from '../app/ports.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import { readPayments } from './payment-row.ts';
import { storeSettlement, type ToEvent } from './store-settlement.ts';

const money = z
  .object({ currency: z.string(), minor: z.string() })
  .transform((it) => Money.of(it.currency, BigInt(it.minor)));
const common = { id: z.string(), paymentId: z.string() };
const stored = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('captured'), amount: money }),
  z.object({ ...common, type: z.literal('canceled') }),
  z.object({ ...common, type: z.literal('refunded'), amount: money, refundReference: z.string() }),
  z.object({ ...common, type: z.literal('other') }),
]);

interface EventRow {
  readonly provider: string;
  readonly event_id: string;
  readonly payment_id: string | null;
  readonly event: unknown;
}

/** Events of providers in PostgreSQL. */
export function postgresProviderEvents(sql: Sql, toEvent: ToEvent): ProviderEventStore {
  return {
    async accept(provider, event) {
      const inserted: unknown[] = await sql
        .knex('provider_events')
        .insert({
          provider,
          event_id: event.id,
          payment_id: isUuid(event.paymentId) ? event.paymentId : null,
          event: JSON.stringify(event, (_key, it: unknown) =>
            it instanceof Money ? { currency: it.currency, minor: it.minor.toString() } : it,
          ),
          is_pending: event.type !== 'other',
        })
        .onConflict(['provider', 'event_id'])
        .ignore()
        .returning('event_id');
      return inserted.length > 0;
    },

    async applyPending(limit, decide) {
      const rows = await pending(sql.knex, limit);
      if (rows.length === 0) return 0;
      const ids = rows.flatMap(({ payment_id }) => payment_id ?? []);
      const payments = await readPayments(sql.knex, (query) => {
        query.whereIn('payment_id', ids);
      });
      // Most events tell what we know. As payments only move forwards, that need not be decided under a lock.
      const old: EventRow[] = [];
      const news: EventRow[] = [];
      for (const row of rows) {
        const payment = payments.find(({ id }) => id === row.payment_id);
        const hasEffect = payment !== undefined && decide(stored.parse(row.event), payment) !== undefined;
        (hasEffect ? news : old).push(row);
      }
      await markDone(sql.knex, old);
      for (const row of news) await apply(row, decide);
      return rows.length;
    },
  };

  async function apply(
    row: EventRow,
    decide: Parameters<ProviderEventStore['applyPending']>[1],
  ): Promise<void> {
    await sql.transaction(async (trx) => {
      const [payment] = await readPayments(trx, (query) => {
        query.where('payment_id', row.payment_id ?? '').forUpdate();
      });
      const open: unknown[] = await trx('provider_operations')
        .select('operation_id')
        .where({ payment_id: row.payment_id, is_open: true });
      if (payment === undefined || open.length > 0) return;
      const event: ProviderEvent = stored.parse(row.event);
      const settlement = decide(event, payment);
      if (settlement !== undefined) await storeSettlement(trx, settlement, toEvent);
      await markDone(trx, [row]);
    });
  }
}

/** Events of payments on which nothing is under way. */
async function pending(db: Knex, limit: number): Promise<EventRow[]> {
  return db<EventRow>('provider_events as v')
    .select<EventRow[]>('v.provider', 'v.event_id', 'v.payment_id', 'v.event')
    .where('v.is_pending', true)
    .whereNotExists(
      db('provider_operations as o')
        .whereRaw('o.payment_id = v.payment_id and o.is_open')
        .select(db.raw('1')),
    )
    .orderBy('v.event_number')
    .limit(limit);
}

async function markDone(db: Knex, rows: readonly EventRow[]): Promise<void> {
  for (const [provider, group] of Map.groupBy(rows, (row) => row.provider)) {
    await db('provider_events')
      .where('provider', provider)
      .whereIn(
        'event_id',
        group.map((row) => row.event_id),
      )
      .update({ is_pending: false });
  }
}
