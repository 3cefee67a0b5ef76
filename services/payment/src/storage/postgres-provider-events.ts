import { detached, isUuid } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { ProviderEventStore } from '../app/ports.ts';
import type { Payment } from '../domain/payment.ts';
import { type ProviderEvent, settlementOf } from '../domain/provider-event.ts';
import { readPayments } from './payment-row.ts';
import type { RecentPayments } from './recent-payments.ts';
import { storeSettlement, type ToEvent } from './store-settlement.ts';
import { storedMoney as money, stringify } from './stored-money.ts';
import { moveTenders, type TenderBooks } from './tender-book.ts';

/** Events that come within this time are kept by one statement. */
const GATHER_MS = 20;
const MOST_AT_ONCE = 500;

// Fields with defaults came later than the first rows.
const common = { id: z.string(), paymentId: z.string(), providerReference: z.string().default('') };
const stored: z.ZodType<ProviderEvent> = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('captured'),
    amount: money,
    captureReference: z.string().default(''),
    keepsRemainder: z.boolean().default(false),
  }),
  z.object({ ...common, type: z.literal('authorized') }),
  z.object({ ...common, type: z.literal('declined'), declineCode: z.string() }),
  z.object({ ...common, type: z.literal('canceled') }),
  z.object({ ...common, type: z.literal('refunded'), amount: money, refundReference: z.string() }),
  z.object({ ...common, type: z.literal('other') }),
]);

interface EventRow {
  readonly provider: string;
  readonly event_id: string;
  readonly payment_id: string | null;
  readonly provider_reference: string;
  readonly event: unknown;
}

interface Waiting {
  readonly provider: string;
  readonly event: ProviderEvent;
  readonly settle: PromiseWithResolvers<boolean>;
}

/** What the store works with. */
export interface EventParts {
  readonly sql: Sql;
  readonly toEvent: ToEvent;
  readonly recent: RecentPayments;
  readonly books: TenderBooks;
}

/** Events of providers in PostgreSQL. */
export function postgresProviderEvents({ sql, toEvent, recent, books }: EventParts): ProviderEventStore {
  let waiting: Waiting[] = [];

  async function keep(): Promise<void> {
    const gathered = waiting;
    waiting = [];
    // Looked at after the wait: what the event tells is mostly the outcome of a call of ours that has ended meanwhile. A
    // payment only moves forwards, so what is known now is known for ever.
    const [known, news] = partition(gathered, ({ event }) => tellsNothingNew(event));
    for (const { settle } of known) settle.resolve(false);
    if (news.length === 0) return;
    try {
      const fresh = await insertEvents(sql, news);
      for (const { provider, event, settle } of news) settle.resolve(fresh.has(`${provider} ${event.id}`));
    } catch (error) {
      for (const { settle } of news) settle.reject(error);
    }
  }

  function tellsNothingNew(event: ProviderEvent): boolean {
    const payment = recent.get(event.paymentId);
    if (payment === undefined || payment.state === 'pending') return event.type === 'other';
    return (
      settlementOf(event, payment, payment.id, payment.updateTime) === undefined &&
      !mayBeEarly(event, payment)
    );
  }

  return {
    async accept(provider, event) {
      const settle = Promise.withResolvers<boolean>();
      waiting.push({ provider, event, settle });
      // The statement serves several calls and must not end with the first of them.
      if (waiting.length === 1) detached(() => setTimeout(() => void keep(), GATHER_MS));
      else if (waiting.length === MOST_AT_ONCE) detached(() => void keep());
      return settle.promise;
    },

    async applyPending(limit, decide) {
      const rows = await pending(sql.knex, limit);
      if (rows.length === 0) return 0;
      const payments = await readPayments(sql.knex, (query) => {
        query
          .whereIn(
            'payment_id',
            rows.flatMap(({ payment_id }) => payment_id ?? []),
          )
          .orWhere((where) => {
            void where
              .whereIn('provider_reference', rows.map((row) => row.provider_reference).filter(Boolean))
              .whereIn('provider', [...new Set(rows.map(({ provider }) => provider))]);
          });
      });
      const old: EventRow[] = [];
      let applied = 0;
      for (const row of rows) {
        const payment = payments.find((it) => isOf(row, it));
        const event = stored.parse(row.event);
        // An event of a payment that is not there (yet) waits: it may be early, or a stray.
        if (payment === undefined) continue;
        applied += 1;
        // Most events tell what we know. As payments only move forwards, that need not be decided under a lock.
        if (decide(event, payment) === undefined) old.push(row);
        else await apply(row, event, payment.id, decide);
      }
      await markDone(sql.knex, old);
      return applied;
    },

    async listStrays(provider, before, limit) {
      const rows = await sql
        .knex<EventRow>('provider_events as v')
        .select<EventRow[]>('v.provider', 'v.event_id', 'v.payment_id', 'v.event')
        .where('v.is_pending', true)
        .where('v.provider', provider)
        .where('v.receive_time', '<', before)
        .whereNotExists(
          sql
            .knex('payments as p')
            .whereRaw(
              `p.payment_id = v.payment_id or (p.provider = v.provider and p.provider_reference = v.provider_reference
               and p.provider_reference <> '')`,
            )
            .select(sql.knex.raw('1')),
        )
        .orderBy('v.event_number')
        .limit(limit);
      return rows.map((row) => stored.parse(row.event));
    },

    async markDone(provider, eventId) {
      await sql.knex('provider_events').where({ provider, event_id: eventId }).update({ is_pending: false });
    },
  };

  async function apply(
    row: EventRow,
    event: ProviderEvent,
    paymentId: string,
    decide: Parameters<ProviderEventStore['applyPending']>[1],
  ): Promise<void> {
    const changed = await sql.transaction(async (trx) => {
      const [payment] = await readPayments(trx, (query) => {
        query.where('payment_id', paymentId).forUpdate();
      });
      const open: unknown[] = await trx('provider_operations')
        .select('operation_id')
        .where({ payment_id: paymentId, is_open: true });
      if (payment === undefined || open.length > 0) return undefined;
      const settlement = decide(event, payment);
      if (settlement !== undefined) {
        await storeSettlement(trx, settlement, toEvent);
        await moveTenders(trx, books, settlement);
      }
      await markDone(trx, [row]);
      return settlement?.payment;
    });
    if (changed !== undefined) recent.set(changed);
  }
}

/** Whether an event tells of something that this payment may still come to. */
function mayBeEarly(event: ProviderEvent, payment: Payment): boolean {
  switch (event.type) {
    case 'captured':
      return !payment.captures.some((it) => it.providerReference === event.captureReference);
    case 'refunded':
      return !payment.refunds.some((it) => it.providerReference === event.refundReference);
    case 'authorized':
    case 'declined':
    case 'canceled':
    case 'other':
      return false;
  }
}

function isOf(row: EventRow, payment: Payment): boolean {
  if (row.payment_id === payment.id) return true;
  const { provider, providerReference } = payment;
  return (
    row.provider === provider && providerReference !== '' && row.provider_reference === providerReference
  );
}

async function insertEvents(sql: Sql, news: readonly Waiting[]): Promise<ReadonlySet<string>> {
  const rows = news.map(({ provider, event }) => ({
    provider,
    event_id: event.id,
    payment_id: isUuid(event.paymentId) ? event.paymentId : null,
    provider_reference: event.providerReference,
    event: JSON.parse(stringify(event)) as unknown,
    is_pending: event.type !== 'other',
  }));
  const inserted = await sql.run<{ provider: string; event_id: string }>(
    {
      name: 'accept-events',
      text: `insert into provider_events (provider, event_id, payment_id, provider_reference, event, is_pending)
        select provider, event_id, payment_id, provider_reference, event, is_pending
        from json_populate_recordset(null::provider_events, ?::json)
        on conflict do nothing returning provider, event_id`,
    },
    [JSON.stringify(rows)],
  );
  return new Set(inserted.map((row) => `${row.provider} ${row.event_id}`));
}

/** Events of payments on which nothing is under way. */
async function pending(db: Knex, limit: number): Promise<EventRow[]> {
  return db<EventRow>('provider_events as v')
    .select<EventRow[]>('v.provider', 'v.event_id', 'v.payment_id', 'v.provider_reference', 'v.event')
    .where('v.is_pending', true)
    .whereExists(
      db('payments as p')
        .whereRaw(
          `(p.payment_id = v.payment_id or (p.provider = v.provider and p.provider_reference = v.provider_reference
            and p.provider_reference <> ''))
           and not exists (select from provider_operations o where o.payment_id = p.payment_id and o.is_open)`,
        )
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

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (holds(item) ? yes : no).push(item);
  return [yes, no];
}
