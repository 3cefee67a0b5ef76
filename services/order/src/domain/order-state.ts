import { precondition } from '@souk/kernel';

/** Where an order is in its life. */
export type OrderState =
  | 'pending'
  | 'confirmed'
  | 'rejected'
  | 'cancelled'
  | 'partially-returned'
  | 'returned';

/** What has happened to an order's money. The order is paid from `captured` on. */
export type PaymentState =
  | 'pending'
  | 'authorized'
  | 'captured'
  | 'voided'
  | 'partially-refunded'
  | 'refunded';

/** The state machine: which states may follow each. A state with none is final. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  pending: ['confirmed', 'rejected'],
  confirmed: ['cancelled', 'partially-returned', 'returned'],
  'partially-returned': ['returned'],
  rejected: [],
  cancelled: [],
  returned: [],
};

/** Whether an order in this state can change no more. */
export function isFinal(state: OrderState): boolean {
  return ORDER_TRANSITIONS[state].length === 0;
}

/**
 * Refuses a step that the state machine does not know.
 *
 * @throws DomainError `ORDER_STATE_FORBIDS` (metadata: order_id, state).
 */
export function requireTransition(orderId: string, from: OrderState, to: OrderState): void {
  if (ORDER_TRANSITIONS[from].includes(to)) return;
  throw precondition('ORDER_STATE_FORBIDS', `An order that is ${from} cannot become ${to}.`, {
    metadata: { order_id: orderId, state: from },
  });
}
