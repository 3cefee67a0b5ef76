import type { Knex } from 'knex';
import type { RequestKey } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLine } from '../domain/order-line.ts';
import type { StateChange } from '../domain/state-machine.ts';

/** The columns of `orders` that no step changes, in the order of {@link orderRow}; the customer changes once at most. */
export const FIXED_COLUMNS = [
  'order_id',
  'customer_id',
  'customer_kind',
  'email',
  'locale',
  'shipping_address',
  'billing_address',
  'currency',
  'region_code',
  'line_count',
  'list_minor',
  'discount_minor',
  'tax_minor',
  'total_minor',
  'cart_id',
  'request_id',
  'request_fingerprint',
  'order_time',
  'create_time',
] as const;

/** The columns of `orders` that may change after an order was placed. */
export const CHANGING_COLUMNS = [
  'version',
  'state',
  'payment_state',
  'fulfilment_state',
  'refunded_minor',
  'payment_id',
  'payment_action',
  'rejection',
  'update_time',
  'expire_time',
  'confirm_time',
  'capture_time',
] as const;

/** The columns of `order_lines`. */
export const LINE_COLUMNS =
  'order_id, line_id, position, product_id, sku, title, quantity, unit_minor, list_minor, discount_minor, tax_minor, ' +
  'total_minor, returned_quantity, refunded_quantity, cancelled_quantity, shipped_quantity, delivered_quantity, digital';

/** The columns of `order_history`. */
export const HISTORY_COLUMNS =
  'order_id, position, machine, subject_id, from_state, to_state, actor, reason, change_time';

/** A new order's row, as JSON can carry it: amounts as texts, for JSON's numbers are not exact. */
export function orderRow(
  order: Order,
  key: RequestKey,
): Record<(typeof FIXED_COLUMNS)[number] | (typeof CHANGING_COLUMNS)[number], unknown> {
  return {
    order_id: order.orderId,
    ...changingRow(order),
    customer_id: order.customer.id,
    customer_kind: order.customer.kind,
    email: order.email,
    locale: order.locale,
    shipping_address: order.shippingAddress,
    billing_address: order.billingAddress,
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
  };
}

/** The part of an order's row that may change. */
export function changingRow(order: Order): Record<(typeof CHANGING_COLUMNS)[number], unknown> {
  return {
    version: order.version,
    state: order.state,
    payment_state: order.paymentState,
    fulfilment_state: order.fulfilmentState,
    refunded_minor: order.refunded.minor.toString(),
    payment_id: order.paymentId ?? null,
    payment_action: order.paymentAction ?? null,
    rejection: order.rejection ?? null,
    update_time: order.updateTime,
    expire_time: order.expireTime ?? null,
    confirm_time: order.confirmTime ?? null,
    capture_time: order.captureTime ?? null,
  };
}

/** Rows of `order_lines`; `first` is the position of the first. */
export function lineRows(orderId: string, lines: readonly OrderLine[], first = 0): readonly object[] {
  return lines.map((line, index) => ({
    order_id: orderId,
    line_id: line.lineId,
    position: first + index,
    product_id: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unit_minor: line.unitPrice.minor.toString(),
    list_minor: line.listAmount.minor.toString(),
    discount_minor: line.discount.minor.toString(),
    tax_minor: line.tax.minor.toString(),
    total_minor: line.total.minor.toString(),
    ...unitsRow(line),
    digital: line.digital,
  }));
}

/** Rows of `order_history`; `first` is the position of the first. */
export function historyRows(
  orderId: string,
  entries: readonly StateChange[],
  first: number,
): readonly object[] {
  return entries.map((entry, index) => ({
    order_id: orderId,
    position: first + index,
    machine: entry.machine,
    subject_id: entry.subjectId ?? null,
    from_state: entry.from ?? null,
    to_state: entry.to,
    actor: entry.actor,
    reason: entry.reason,
    change_time: entry.time,
  }));
}

/** What tells whose an order is, besides the order. */
const OWNED_TABLES = ['orders', 'returns', 'order_edits', 'order_documents'];

/** Stores what changed between two versions of a locked order. */
export async function updateOrder(trx: Knex.Transaction, before: Order, after: Order): Promise<void> {
  const { orderId } = after;
  await trx.raw(
    `update orders o set ${CHANGING_COLUMNS.map((column) => `${column} = n.${column}`).join(', ')}
     from json_populate_record(null::orders, ?::json) n where o.order_id = ?`,
    [JSON.stringify(changingRow(after)), orderId],
  );
  const entries = after.history.slice(before.history.length);
  if (entries.length > 0)
    await trx.raw(
      `insert into order_history (${HISTORY_COLUMNS})
       select ${HISTORY_COLUMNS} from json_populate_recordset(null::order_history, ?::json)`,
      [JSON.stringify(historyRows(orderId, entries, before.history.length))],
    );
  if (after.customer !== before.customer)
    for (const table of OWNED_TABLES)
      await trx(table)
        .where('order_id', orderId)
        .update({ customer_id: after.customer.id, customer_kind: after.customer.kind });
  const changed = after.lines.filter((line, index) => line !== before.lines[index]);
  if (changed.length === 0) return;
  await trx.raw(
    `update order_lines l set returned_quantity = n.returned_quantity, refunded_quantity = n.refunded_quantity,
       cancelled_quantity = n.cancelled_quantity, shipped_quantity = n.shipped_quantity,
       delivered_quantity = n.delivered_quantity
     from json_populate_recordset(null::order_lines, ?::json) n
     where l.order_id = ? and l.line_id = n.line_id`,
    [JSON.stringify(changed.map((line) => ({ line_id: line.lineId, ...unitsRow(line) }))), orderId],
  );
}

/** What became of a line's units. */
function unitsRow(line: OrderLine): object {
  return {
    returned_quantity: line.returnedQuantity,
    refunded_quantity: line.refundedQuantity,
    cancelled_quantity: line.cancelledQuantity,
    shipped_quantity: line.shippedQuantity,
    delivered_quantity: line.deliveredQuantity,
  };
}
