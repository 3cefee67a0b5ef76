import { Money } from '@souk/kernel';
import type { OrderLine, OrderTotals } from './order-line.ts';
import { addsUp, totalsOf } from './order-line.ts';
import type { FulfilmentState, OrderState, PaymentState } from './order-state.ts';
import { PAYMENT_MACHINE, requireTransition } from './order-state.ts';
import type { PostalAddress } from './postal-address.ts';
import { allows, type Change, type MachineName, type StateChange } from './state-machine.ts';

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

/** A challenge of the payment provider that only the buyer can meet. */
export interface PaymentAction {
  /** Where to send the buyer; may be empty. */
  readonly url: string;
  /** What the provider's own client library needs; may be empty. */
  readonly clientSecret: string;
}

/** An order: a snapshot of a sale and what became of it. Immutable; every change makes a new version. */
export interface Order {
  readonly orderId: string;
  readonly version: number;
  readonly state: OrderState;
  readonly paymentState: PaymentState;
  readonly fulfilmentState: FulfilmentState;
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
  /** What the buyer has to do before the payment goes on. */
  readonly paymentAction: PaymentAction | undefined;
  /** When an order that is still waiting for its payment is given up. */
  readonly expireTime: Date | undefined;
  /** When the order counts as placed; earlier than `createTime` for history carried over. */
  readonly orderTime: Date;
  readonly createTime: Date;
  readonly updateTime: Date;
  readonly confirmTime: Date | undefined;
  readonly captureTime: Date | undefined;
  readonly history: readonly StateChange[];
  /** The edit that is being applied; no other change gets in between. */
  readonly editId?: string | undefined;
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
    fulfilmentState: 'unfulfilled',
    totals: totalsOf(fields.currency, fields.lines),
    refunded: Money.zero(fields.currency),
    paymentId: undefined,
    rejection: undefined,
    paymentAction: undefined,
    expireTime: undefined,
    createTime: now,
    updateTime: now,
    confirmTime: undefined,
    captureTime: undefined,
    history: [
      {
        machine: 'order',
        subjectId: undefined,
        from: undefined,
        to: 'pending',
        actor: `customer:${fields.customer.id}`,
        reason: '',
        time: now,
      },
    ],
  };
}

/** The next version of an order with some fields changed but no change of state. */
export function amend(order: Order, changes: Partial<Order>, now: Date): Order {
  return { ...order, ...changes, version: order.version + 1, updateTime: now };
}

/** An order whose history tells one more change; its version stays. */
export function record(
  order: Order,
  machine: MachineName,
  step: Pick<StateChange, 'from' | 'to'> & { readonly subjectId?: string },
  { actor, reason, now }: Change,
): Order {
  const { from, to, subjectId } = step;
  return {
    ...order,
    history: [...order.history, { machine, subjectId, from, to, actor, reason, time: now }],
  };
}

/**
 * The next version of an order, in another state, with the change in its history.
 *
 * @throws DomainError `ORDER_STATE_FORBIDS`.
 */
export function transition(order: Order, to: OrderState, change: Change): Order {
  requireTransition(order.orderId, order.state, to);
  const changed = record(order, 'order', { from: order.state, to }, change);
  return amend(changed, { state: to }, change.now);
}

/**
 * An order whose money has moved on, with the change in its history; its version stays.
 *
 * @throws RangeError for a step that payments do not take.
 */
export function withPayment(order: Order, to: PaymentState, change: Change): Order {
  const { paymentState: from } = order;
  if (from === to) return order;
  if (!allows(PAYMENT_MACHINE, from, to))
    throw new RangeError(`the payment of order ${order.orderId} cannot go from ${from} to ${to}`);
  return { ...record(order, 'payment', { from, to }, change), paymentState: to };
}

/** Whether the checkout, or the application of an edit, still goes on. */
export function isCheckingOut(order: Order): boolean {
  return order.state === 'pending' || order.editId !== undefined;
}

/** Stock is reserved, the payment authorised and captured: the order is a paid sale. */
export function confirm(order: Order, paymentId: string | undefined, now: Date): Order {
  const change = { actor: SYSTEM, reason: '', now };
  const paid = withPayment(transition(order, 'confirmed', change), 'captured', change);
  return {
    ...paid,
    paymentId,
    paymentAction: undefined,
    expireTime: undefined,
    confirmTime: now,
    captureTime: now,
  };
}

/** The payment waits: for the buyer to meet a challenge, or for a reviewer. */
export function awaitPayment(
  order: Order,
  waits: {
    readonly paymentId: string;
    readonly state: 'action-required' | 'in-review';
    readonly action: PaymentAction | undefined;
    readonly expireTime: Date;
  },
  now: Date,
): Order {
  const { paymentId, state, action, expireTime } = waits;
  const waiting = withPayment(order, state, { actor: SYSTEM, reason: '', now });
  return amend(waiting, { paymentId, paymentAction: action, expireTime }, now);
}

/** What became of the money of an order that is refused. */
export type GivenBack = 'nothing' | 'voided' | 'refunded';

/**
 * Stock or payment was refused, or the payment did not come in time; whatever was taken has been given back.
 *
 * @param to `expired` when a payment that was waited for did not come.
 */
export function refuse(
  order: Order,
  to: 'rejected' | 'expired',
  rejection: Rejection,
  givenBack: GivenBack,
  now: Date,
): Order {
  const change = { actor: SYSTEM, reason: rejection.reason, now };
  const refused = transition(order, to, change);
  const settled = givenBack === 'nothing' ? refused : withPayment(refused, givenBack, change);
  return { ...settled, rejection, paymentAction: undefined, expireTime: undefined };
}

/** Money was paid back. */
export function markRefunded(order: Order, amount: Money, change: Change): Order {
  const refunded = order.refunded.plus(amount);
  if (refunded.compare(order.totals.total) > 0)
    throw new RangeError(
      `order ${order.orderId} would refund ${refunded.toString()}, more than was captured`,
    );
  const isAll = refunded.equals(order.totals.total);
  const next = amend(order, { refunded }, change.now);
  return amount.isZero && !isAll
    ? next
    : withPayment(next, isAll ? 'refunded' : 'partially-refunded', change);
}

/** Whether every unit was cancelled or came back, and all money is paid back. */
export function isAllGivenBack({ lines, refunded, totals }: Order): boolean {
  return refunded.equals(totals.total) && lines.every((line) => line.refundedQuantity === line.quantity);
}
