import { precondition } from '@souk/kernel';
import { allows, isFinalIn, type StateMachine } from './state-machine.ts';

/** Where an order is in its life. */
export type OrderState =
  | 'pending'
  | 'confirmed'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'partially-returned'
  | 'returned';

/** What has happened to an order's money. The order is paid from `captured` on. */
export type PaymentState =
  | 'pending'
  | 'action-required'
  | 'in-review'
  | 'authorized'
  | 'captured'
  | 'voided'
  | 'partially-refunded'
  | 'refunded';

/** How much of an order has left, and arrived. */
export type FulfilmentState =
  | 'unfulfilled'
  | 'partially-shipped'
  | 'shipped'
  | 'partially-delivered'
  | 'delivered';

/** An order's own life. */
export const ORDER_MACHINE: StateMachine<OrderState> = {
  name: 'order',
  initial: 'pending',
  transitions: {
    pending: ['confirmed', 'rejected', 'expired'],
    confirmed: ['cancelled', 'partially-returned', 'returned'],
    'partially-returned': ['returned'],
    rejected: [],
    expired: [],
    cancelled: [],
    returned: [],
  },
};

/** An order's money. What was taken before an order had to be refused is paid back: hence `refunded` from early states. */
export const PAYMENT_MACHINE: StateMachine<PaymentState> = {
  name: 'payment',
  initial: 'pending',
  transitions: {
    pending: ['action-required', 'in-review', 'authorized', 'captured', 'voided', 'refunded'],
    'action-required': ['in-review', 'authorized', 'captured', 'voided', 'refunded'],
    'in-review': ['action-required', 'authorized', 'captured', 'voided', 'refunded'],
    authorized: ['captured', 'voided', 'refunded'],
    captured: ['partially-refunded', 'refunded'],
    'partially-refunded': ['captured', 'refunded'],
    voided: [],
    // An edit may add to an order of which only what cost nothing was left.
    refunded: ['partially-refunded'],
  },
};

/** An order's goods. */
export const FULFILMENT_MACHINE: StateMachine<FulfilmentState> = {
  name: 'fulfilment',
  initial: 'unfulfilled',
  transitions: {
    unfulfilled: ['partially-shipped', 'shipped', 'partially-delivered', 'delivered'],
    'partially-shipped': ['shipped', 'partially-delivered', 'delivered'],
    // An edit or an exchange may add units to what is complete already.
    shipped: ['partially-shipped', 'partially-delivered', 'delivered'],
    'partially-delivered': ['delivered'],
    delivered: ['partially-delivered'],
  },
};

/** Whether an order in this state can change no more. */
export function isFinal(state: OrderState): boolean {
  return isFinalIn(ORDER_MACHINE, state);
}

/**
 * Refuses a step that the state machine does not know.
 *
 * @throws DomainError `ORDER_STATE_FORBIDS` (metadata: order_id, state).
 */
export function requireTransition(orderId: string, from: OrderState, to: OrderState): void {
  if (allows(ORDER_MACHINE, from, to)) return;
  throw precondition('ORDER_STATE_FORBIDS', `An order that is ${from} cannot become ${to}.`, {
    metadata: { order_id: orderId, state: from },
  });
}
