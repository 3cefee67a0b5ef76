import { Money } from '@souk/kernel';
import type { Customer, Order, PaymentAction, Rejection } from '../domain/order.ts';
import type { OrderLine } from '../domain/order-line.ts';
import type { FulfilmentState, OrderState, PaymentState } from '../domain/order-state.ts';
import type { PostalAddress } from '../domain/postal-address.ts';
import type { MachineName, StateChange } from '../domain/state-machine.ts';

/** A row of `orders`, with lines and history gathered into it. */
export interface OrderRow {
  readonly order_id: string;
  readonly version: bigint;
  readonly state: OrderState;
  readonly payment_state: PaymentState;
  readonly fulfilment_state: FulfilmentState;
  readonly customer_id: string;
  readonly customer_kind: Customer['kind'];
  readonly email: string;
  readonly locale: string;
  readonly shipping_address: PostalAddress;
  readonly billing_address: PostalAddress;
  readonly currency: string;
  readonly region_code: string;
  readonly line_count: number;
  readonly list_minor: bigint;
  readonly discount_minor: bigint;
  readonly tax_minor: bigint;
  readonly total_minor: bigint;
  readonly refunded_minor: bigint;
  readonly cart_id: string;
  readonly payment_id: string | null;
  readonly rejection: Rejection | null;
  readonly payment_action: PaymentAction | null;
  readonly expire_time: Date | null;
  readonly edit_id: string | null;
  readonly request_fingerprint: string;
  readonly order_time: Date;
  readonly create_time: Date;
  readonly update_time: Date;
  readonly confirm_time: Date | null;
  readonly capture_time: Date | null;
  readonly lines: readonly LineJson[];
  readonly history: readonly ChangeJson[];
}

/** A line inside a row; amounts are texts because JSON's numbers are not exact. */
interface LineJson {
  readonly line_id: string;
  readonly product_id: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unit: string;
  readonly list: string;
  readonly discount: string;
  readonly tax: string;
  readonly total: string;
  readonly returned_quantity: number;
  readonly refunded_quantity: number;
  readonly cancelled_quantity: number;
  readonly shipped_quantity: number;
  readonly delivered_quantity: number;
  readonly digital: boolean;
  readonly edit_id: string | null;
  readonly restores: string | null;
}

interface ChangeJson {
  readonly machine: MachineName;
  readonly subject_id: string | null;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly actor: string;
  readonly reason: string;
  readonly change_time: string;
}

/** Gathers an order's lines as JSON. */
export const LINES = `coalesce((select json_agg(json_build_object(
  'line_id', line_id, 'product_id', product_id, 'sku', sku, 'title', title, 'quantity', quantity,
  'unit', unit_minor::text, 'list', list_minor::text, 'discount', discount_minor::text, 'tax', tax_minor::text,
  'total', total_minor::text, 'returned_quantity', returned_quantity, 'refunded_quantity', refunded_quantity,
  'cancelled_quantity', cancelled_quantity, 'shipped_quantity', shipped_quantity,
  'delivered_quantity', delivered_quantity, 'digital', digital, 'edit_id', edit_id, 'restores', restores
) order by position) from order_lines l where l.order_id = o.order_id), '[]') as lines`;

/** Gathers an order's history as JSON. */
export const HISTORY = `coalesce((select json_agg(json_build_object(
  'machine', machine, 'subject_id', subject_id, 'from_state', from_state, 'to_state', to_state, 'actor', actor, 'reason', reason, 'change_time', change_time
) order by position) from order_history h where h.order_id = o.order_id), '[]') as history`;

/** In place of lines or history that a list does not show. */
export const NOTHING = (name: 'lines' | 'history'): string => `'[]'::json as ${name}`;

/** An order from its row. */
export function toOrder(row: OrderRow): Order {
  const money = (minor: bigint): Money => Money.of(row.currency, minor);
  return {
    orderId: row.order_id,
    version: Number(row.version),
    state: row.state,
    paymentState: row.payment_state,
    fulfilmentState: row.fulfilment_state,
    customer: { id: row.customer_id, kind: row.customer_kind },
    email: row.email,
    locale: row.locale,
    shippingAddress: row.shipping_address,
    billingAddress: row.billing_address,
    currency: row.currency,
    regionCode: row.region_code,
    lines: row.lines.map((line) => toLine(line, row.currency)),
    totals: {
      listAmount: money(row.list_minor),
      discount: money(row.discount_minor),
      tax: money(row.tax_minor),
      total: money(row.total_minor),
    },
    refunded: money(row.refunded_minor),
    cartId: row.cart_id,
    paymentId: row.payment_id ?? undefined,
    rejection: row.rejection ?? undefined,
    paymentAction: row.payment_action ?? undefined,
    expireTime: row.expire_time ?? undefined,
    orderTime: row.order_time,
    createTime: row.create_time,
    updateTime: row.update_time,
    confirmTime: row.confirm_time ?? undefined,
    captureTime: row.capture_time ?? undefined,
    history: row.history.map(toChange),
    editId: row.edit_id ?? undefined,
  };
}

function toLine(line: LineJson, currency: string): OrderLine {
  const money = (minor: string): Money => Money.of(currency, BigInt(minor));
  return {
    lineId: line.line_id,
    productId: line.product_id,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: money(line.unit),
    listAmount: money(line.list),
    discount: money(line.discount),
    tax: money(line.tax),
    total: money(line.total),
    returnedQuantity: line.returned_quantity,
    refundedQuantity: line.refunded_quantity,
    cancelledQuantity: line.cancelled_quantity,
    shippedQuantity: line.shipped_quantity,
    deliveredQuantity: line.delivered_quantity,
    digital: line.digital,
    editId: line.edit_id ?? undefined,
    restores: line.restores ?? undefined,
  };
}

function toChange(change: ChangeJson): StateChange {
  return {
    machine: change.machine,
    subjectId: change.subject_id ?? undefined,
    from: change.from_state ?? undefined,
    to: change.to_state,
    actor: change.actor,
    reason: change.reason,
    time: new Date(change.change_time),
  };
}
