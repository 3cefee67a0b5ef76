import { Money, precondition } from '@souk/kernel';
import type { OrderLine, OrderTotals } from './order-line.ts';
import { addsUp, totalsOf } from './order-line.ts';
import type { OrderState, PaymentState } from './order-state.ts';
import { requireTransition } from './order-state.ts';
import type { PostalAddress } from './postal-address.ts';

/** Who bought. */
export interface Customer {
  readonly id: string;
  readonly kind: 'guest' | 'account';
}

/** Why an order was refused: a reason code, a sentence, and the dynamic parts. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One entry of an order's history. */
export interface StateChange {
  /** Undefined for the first entry. */
  readonly from: OrderState | undefined;
  readonly to: OrderState;
  /** `customer:<id>`, `staff:<id>` or `system`. */
  readonly actor: string;
  readonly reason: string;
  readonly time: Date;
}

/** An order: a snapshot of a sale and what became of it. Immutable; every change makes a new version. */
export interface Order {
  readonly orderId: string;
  readonly version: number;
  readonly state: OrderState;
  readonly paymentState: PaymentState;
  readonly customer: Customer;
  readonly email: string;
  /** BCP 47. */
  readonly locale: string;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress;
  readonly currency: string;
  readonly regionCode: string;
  readonly lines: readonly OrderLine[];
  readonly totals: OrderTotals;
  /** Paid back so far, taxes included. */
  readonly refunded: Money;
  readonly cartId: string;
  readonly paymentId: string | undefined;
  readonly rejection: Rejection | undefined;
  /** When the order counts as placed; earlier than `createTime` for history carried over. */
  readonly orderTime: Date;
  readonly createTime: Date;
  readonly updateTime: Date;
  readonly confirmTime: Date | undefined;
  readonly captureTime: Date | undefined;
  readonly history: readonly StateChange[];
}

/** The actor of changes that nobody asked for. */
export const SYSTEM = 'system';

/** What a new order is made of. */
export type NewOrder = Pick<
  Order,
  | 'orderId'
  | 'customer'
  | 'email'
  | 'locale'
  | 'shippingAddress'
  | 'billingAddress'
  | 'currency'
  | 'regionCode'
  | 'lines'
  | 'cartId'
  | 'orderTime'
>;

/**
 * A pending order.
 *
 * @throws RangeError when a line's amounts do not add up.
 */
export function placeOrder(fields: NewOrder, now: Date): Order {
  const broken = fields.lines.find((line) => !addsUp(line));
  if (broken !== undefined) throw new RangeError(`the amounts of line ${broken.lineId} do not add up`);
  return {
    ...fields,
    version: 1,
    state: 'pending',
    paymentState: 'pending',
    totals: totalsOf(fields.currency, fields.lines),
    refunded: Money.zero(fields.currency),
    paymentId: undefined,
    rejection: undefined,
    createTime: now,
    updateTime: now,
    confirmTime: undefined,
    captureTime: undefined,
    history: [
      { from: undefined, to: 'pending', actor: `customer:${fields.customer.id}`, reason: '', time: now },
    ],
  };
}

/** The next version of an order with some fields changed but no change of state. */
export function amend(order: Order, changes: Partial<Order>, now: Date): Order {
  return { ...order, ...changes, version: order.version + 1, updateTime: now };
}

/** The next version of an order, in another state, with the change in its history. */
export function transition(
  order: Order,
  to: OrderState,
  change: { readonly actor: string; readonly reason: string; readonly now: Date },
): Order {
  requireTransition(order.orderId, order.state, to);
  const entry = { from: order.state, to, actor: change.actor, reason: change.reason, time: change.now };
  return { ...amend(order, { state: to }, change.now), history: [...order.history, entry] };
}

/** Stock is reserved and the payment authorised. */
export function confirm(order: Order, paymentId: string, now: Date): Order {
  const confirmed = transition(order, 'confirmed', { actor: SYSTEM, reason: '', now });
  return { ...confirmed, paymentId, paymentState: 'authorized', confirmTime: now };
}

/** The payment is captured: the order is paid. */
export function markPaid(order: Order, now: Date): Order {
  return amend(order, { paymentState: 'captured', captureTime: now }, now);
}

/** Stock or payment was refused; whatever was authorised has been given back. */
export function reject(order: Order, rejection: Rejection, now: Date): Order {
  const rejected = transition(order, 'rejected', { actor: SYSTEM, reason: rejection.reason, now });
  return { ...rejected, rejection };
}

/**
 * Cancels a paid order of which nothing was returned.
 *
 * @throws DomainError `ORDER_STATE_FORBIDS`.
 */
export function cancel(order: Order, actor: string, reason: string, now: Date): Order {
  if (order.state === 'confirmed' && order.lines.some((line) => line.returnedQuantity > 0))
    throw precondition(
      'ORDER_STATE_FORBIDS',
      'A return was announced for this order; it cannot be cancelled.',
      {
        metadata: { order_id: order.orderId, state: order.state },
      },
    );
  return transition(order, 'cancelled', { actor, reason, now });
}

/** Money was paid back. */
export function markRefunded(order: Order, amount: Money, now: Date): Order {
  const refunded = order.refunded.plus(amount);
  if (refunded.compare(order.totals.total) > 0)
    throw new RangeError(
      `order ${order.orderId} would refund ${refunded.toString()}, more than was captured`,
    );
  const paymentState = refunded.equals(order.totals.total) ? 'refunded' : 'partially-refunded';
  return amend(order, { refunded, paymentState }, now);
}
