import { amend, type Order, record, SYSTEM } from './order.ts';
import type { OrderState } from './order-state.ts';

/** The reason in the history of an order that became an account's. */
const ATTACHED = 'ATTACHED_TO_ACCOUNT';

/** What never came to a sale stays where it is. */
const NEVER_SOLD: ReadonlySet<OrderState> = new Set(['rejected', 'expired']);

/** What addresses are compared by, as identity does it. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** A guest's order as the order of an account; the same order when there is nothing to attach. */
export function attachTo(order: Order, accountId: string, now: Date): Order {
  if (order.customer.kind !== 'guest' || NEVER_SOLD.has(order.state)) return order;
  const told = record(
    order,
    'order',
    { from: order.state, to: order.state },
    { actor: SYSTEM, reason: ATTACHED, now },
  );
  return amend(told, { customer: { id: accountId, kind: 'account' } }, now);
}
