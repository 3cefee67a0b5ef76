import pg from 'pg';
import { z } from 'zod';
import { databaseOf } from '../../../support/platform.ts';
import type { Scene } from '../scene.ts';
import type { Books } from './facts.ts';

const whole = z.coerce.number().int();
const minor = z.coerce.bigint();

const order = z.object({
  orderId: z.string(),
  customerId: z.string(),
  requestId: z.string(),
  state: z.string(),
  paymentState: z.string(),
  units: whole,
  total: minor,
});
const saga = z.object({ orderId: z.string(), kind: z.string(), state: z.string(), lastError: z.string() });
const levels = z.object({ onHand: whole, reserved: whole, damaged: whole });
const reservation = z.object({ orderId: z.string(), state: z.string(), units: whole });
const payment = z.object({
  paymentId: z.string(),
  orderId: z.string(),
  state: z.string(),
  captured: minor,
  refunded: minor,
  openOperations: whole,
});
const entry = z.object({
  transactionId: z.string(),
  orderId: z.string(),
  kind: z.string(),
  account: z.string(),
  side: z.string(),
  amount: minor,
});

/** Services whose PostgreSQL databases are read. */
const SERVICES = ['order', 'inventory', 'payment'] as const;
type Service = (typeof SERVICES)[number];

/** The databases of the services that take part, read behind their backs. */
export interface Bookkeeping {
  /** Reads everything about a round. */
  read(scene: Scene): Promise<Books>;
  close(): Promise<void>;
}

/** Opens the databases. */
export function openBookkeeping(): Bookkeeping {
  const pools = new Map(
    SERVICES.map((service) => [service, new pg.Pool({ connectionString: databaseOf(service), max: 2 })]),
  );
  const rows = async <Shape extends z.ZodType>(
    service: Service,
    shape: Shape,
    query: string,
    ...values: unknown[]
  ): Promise<z.infer<Shape>[]> => {
    const result = await pools.get(service)?.query<Record<string, unknown>>(query, values);
    return z.array(shape).parse(result?.rows);
  };
  const row = async <Shape extends z.ZodType>(
    ...query: Parameters<typeof rows<Shape>>
  ): Promise<z.infer<Shape>> => {
    const [first] = await rows(...query);
    if (first === undefined) throw new Error(`nothing found by ${query[2]}`);
    return first;
  };

  return {
    async read({ sku, buyers }) {
      const customers = buyers.map(({ buyerId }) => buyerId);
      const orders = await rows('order', order, ORDERS, sku, customers);
      const payments = await rows('payment', payment, PAYMENTS, idsOf(orders), customers);
      const ids = [...new Set([...idsOf(orders), ...idsOf(payments)])];
      const [sagas, stock, movements, { received }, reservations, entries, differences] = await Promise.all([
        rows('order', saga, SAGAS, ids),
        row('inventory', levels, STOCK, sku),
        row('inventory', levels, MOVEMENTS, sku),
        row('inventory', z.object({ received: whole }), RECEIVED, sku),
        rows('inventory', reservation, RESERVATIONS, sku, ids),
        rows('payment', entry, ENTRIES, ids),
        rows('payment', z.object({ difference: minor }), DIFFERENCES),
      ]);
      const unpublished = await Promise.all(
        SERVICES.map(async (service) => {
          const { count } = await row(service, z.object({ count: whole }), UNPUBLISHED);
          return [service, count] as const;
        }),
      );
      return {
        orders,
        sagas,
        stock,
        movements,
        received,
        reservations,
        payments,
        entries,
        ledgerDifference: differences.map(({ difference }) => difference),
        unpublished: Object.fromEntries(unpublished),
      };
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

function idsOf(things: readonly { orderId: string }[]): string[] {
  return things.map(({ orderId }) => orderId);
}

const ORDERS = `
  select order_id as "orderId", customer_id as "customerId", request_id as "requestId", state,
    payment_state as "paymentState", total_minor as total,
    (select coalesce(sum(quantity), 0) from order_lines l where l.order_id = o.order_id and sku = $1) as units
  from orders o
  where customer_id = any($2) or order_id in (select order_id from order_lines where sku = $1)`;
const SAGAS = `
  select order_id as "orderId", kind, state, last_error as "lastError" from sagas where order_id = any($1)`;
const STOCK = `
  select coalesce(sum(on_hand), 0) as "onHand", coalesce(sum(reserved), 0) as reserved,
    coalesce(sum(damaged), 0) as damaged
  from stock where sku = $1`;
const MOVEMENTS = `
  select coalesce(sum(on_hand_delta), 0) as "onHand", coalesce(sum(reserved_delta), 0) as reserved,
    coalesce(sum(damaged_delta), 0) as damaged
  from movements where sku = $1`;
const RECEIVED = `
  select coalesce(sum(on_hand_delta), 0) as received from movements where sku = $1 and kind = 'receipt'`;
const RESERVATIONS = `
  select order_id as "orderId", state,
    (select coalesce(sum((line ->> 'quantity')::int), 0) from jsonb_array_elements(lines) line
      where line ->> 'sku' = $1) as units
  from reservations where order_id = any($2) or lines @> jsonb_build_array(jsonb_build_object('sku', $1::text))`;
const PAYMENTS = `
  select payment_id as "paymentId", order_id as "orderId", state, captured, refunded,
    (select count(*) from provider_operations o where o.payment_id = p.payment_id and is_open) as "openOperations"
  from payments p where order_id = any($1) or customer_id = any($2)`;
const ENTRIES = `
  select transaction_id as "transactionId", order_id as "orderId", kind, account, side, amount
  from ledger_transactions join ledger_entries using (transaction_id)
  where order_id = any($1) order by entry_number`;
const DIFFERENCES = `
  select sum(case side when 'debit' then amount else -amount end) as difference
  from ledger_entries group by currency`;
const UNPUBLISHED = 'select count(*) from outbox';
