import type { Knex } from 'knex';
import type { RequestKey } from '../app/ports.ts';
import type { Order, StateChange } from '../domain/order.ts';
import type { OrderLine } from '../domain/order-line.ts';

/** Inserts an order with its lines and history; false when its customer has used the request id before. */
export async function insertOrder(trx: Knex.Transaction, order: Order, key: RequestKey): Promise<boolean> {
  const inserted: unknown[] = await trx('orders')
    .insert({
      order_id: order.orderId,
      ...changing(order),
      customer_id: order.customer.id,
      customer_kind: order.customer.kind,
      email: order.email,
      locale: order.locale,
      shipping_address: JSON.stringify(order.shippingAddress),
      billing_address: JSON.stringify(order.billingAddress),
      currency: order.currency,
      region_code: order.regionCode,
      line_count: order.lines.length,
      list_minor: order.totals.listAmount.minor.toString(),
      discount_minor: order.totals.discount.minor.toString(),
      tax_minor: order.totals.tax.minor.toString(),
      total_minor: order.totals.total.minor.toString(),
      cart_id: order.cartId,
      request_id: key.requestId,
      request_fingerprint: key.fingerprint,
      order_time: order.orderTime,
      create_time: order.createTime,
    })
    .onConflict(['customer_id', 'request_id'])
    .ignore()
    .returning('order_id');
  if (inserted.length === 0) return false;
  await insertLines(trx, order.orderId, order.lines);
  await insertHistory(trx, order.orderId, order.history, 0);
  return true;
}

/** Stores what changed between two versions of an order. */
export async function updateOrder(trx: Knex.Transaction, before: Order, after: Order): Promise<void> {
  await trx('orders').where('order_id', after.orderId).update(changing(after));
  await insertHistory(trx, after.orderId, after.history.slice(before.history.length), before.history.length);
  const changed = after.lines.filter((line, index) => line !== before.lines[index]);
  if (changed.length === 0) return;
  await trx.raw(
    `update order_lines set returned_quantity = changed.returned, refunded_quantity = changed.refunded
     from unnest(?::text[], ?::int[], ?::int[]) as changed(id, returned, refunded)
     where order_id = ? and line_id = changed.id`,
    [
      changed.map((line) => line.lineId),
      changed.map((line) => line.returnedQuantity),
      changed.map((line) => line.refundedQuantity),
      after.orderId,
    ],
  );
}

/** The columns that may change after an order was placed. */
function changing(order: Order): Record<string, string | number | Date | null> {
  return {
    version: order.version,
    state: order.state,
    payment_state: order.paymentState,
    refunded_minor: order.refunded.minor.toString(),
    payment_id: order.paymentId ?? null,
    rejection: order.rejection === undefined ? null : JSON.stringify(order.rejection),
    update_time: order.updateTime,
    confirm_time: order.confirmTime ?? null,
    capture_time: order.captureTime ?? null,
  };
}

async function insertLines(
  trx: Knex.Transaction,
  orderId: string,
  lines: readonly OrderLine[],
): Promise<void> {
  const minors = (amount: (line: OrderLine) => { readonly minor: bigint }): string[] =>
    lines.map((line) => amount(line).minor.toString());
  await trx.raw(
    `insert into order_lines (order_id, line_id, position, product_id, sku, title, quantity, unit_minor, list_minor,
       discount_minor, tax_minor, total_minor, returned_quantity, refunded_quantity)
     select ?::uuid, line_id, position, product_id, sku, title, quantity, unit, list, discount, tax, total, 0, 0
     from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[], ?::bigint[], ?::bigint[],
       ?::bigint[], ?::bigint[]) with ordinality
       as line(line_id, product_id, sku, title, quantity, unit, list, discount, tax, total, position)`,
    [
      orderId,
      lines.map((line) => line.lineId),
      lines.map((line) => line.productId),
      lines.map((line) => line.sku),
      lines.map((line) => line.title),
      lines.map((line) => line.quantity),
      minors((line) => line.unitPrice),
      minors((line) => line.listAmount),
      minors((line) => line.discount),
      minors((line) => line.tax),
      minors((line) => line.total),
    ],
  );
}

async function insertHistory(
  trx: Knex.Transaction,
  orderId: string,
  entries: readonly StateChange[],
  first: number,
): Promise<void> {
  if (entries.length === 0) return;
  await trx('order_history').insert(
    entries.map((entry, index) => ({
      order_id: orderId,
      position: first + index,
      from_state: entry.from ?? null,
      to_state: entry.to,
      actor: entry.actor,
      reason: entry.reason,
      change_time: entry.time,
    })),
  );
}
