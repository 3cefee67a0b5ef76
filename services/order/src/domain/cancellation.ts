import { aborted, invalid, Money, precondition } from '@souk/kernel';
import { fulfilmentOf } from './fulfilment.ts';
import { amend, isAllGivenBack, isCheckingOut, markRefunded, type Order, transition } from './order.ts';
import { type LineRefund, type OrderLine, refundOf, unshippedOf } from './order-line.ts';
import type { Change } from './state-machine.ts';

/** Units of one line to cancel. */
export interface CancelledUnits {
  readonly lineId: string;
  readonly quantity: number;
}

/** Units that were cancelled, with the money for them. */
export interface CancelledLine extends LineRefund {
  readonly line: OrderLine;
  readonly quantity: number;
}

/** An order after a cancellation, and what is to be given back. */
export interface Cancelled {
  readonly order: Order;
  readonly lines: readonly CancelledLine[];
  readonly refund: Money;
}

/**
 * Cancels all of a paid order of which nothing was shipped or announced for return, less what was cancelled before.
 *
 * @throws DomainError `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, `LINE_SHIPPED`.
 */
export function cancelWhole(order: Order, change: Change): Cancelled {
  requirePaid(order);
  if (order.lines.some((line) => line.returnedQuantity > 0)) throw forbidden(order, 'A return was announced');
  const open = order.lines.filter((line) => line.quantity > line.cancelledQuantity);
  return cancelLines(
    order,
    open.map((line) => ({ lineId: line.lineId, quantity: line.quantity - line.cancelledQuantity })),
    change,
  );
}

/**
 * Cancels units that were not shipped. Each unit's share of the line, discount and tax included, is to be paid back; all
 * shares of a line together are exactly its total. When no unit is left, the order is cancelled (or returned, when some
 * came back before).
 *
 * @throws DomainError `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, `LINE_UNKNOWN`, `LINE_SHIPPED`.
 */
export function cancelLines(order: Order, units: readonly CancelledUnits[], change: Change): Cancelled {
  requirePaid(order);
  const wanted = new Map<string, number>();
  units.forEach(({ lineId, quantity }, index) => {
    if (wanted.has(lineId) || !order.lines.some((line) => line.lineId === lineId))
      throw invalid('LINE_UNKNOWN', 'The line is not there, or comes twice.', {
        field: `lines[${index}].line_id`,
        metadata: { line_id: lineId },
      });
    wanted.set(lineId, quantity);
  });
  const cancelled: CancelledLine[] = [];
  const lines = order.lines.map((line) => {
    const quantity = wanted.get(line.lineId);
    if (quantity === undefined) return line;
    const cancellable = Math.max(0, unshippedOf(line) - line.returnedQuantity);
    if (quantity > cancellable)
      throw precondition('LINE_SHIPPED', `Only ${cancellable} of ${line.title} can still be cancelled.`, {
        metadata: { line_id: line.lineId, requested: String(quantity), cancellable: String(cancellable) },
      });
    cancelled.push({ line, quantity, ...refundOf(line, line.refundedQuantity, quantity) });
    return {
      ...line,
      cancelledQuantity: line.cancelledQuantity + quantity,
      refundedQuantity: line.refundedQuantity + quantity,
    };
  });
  const refund = Money.sum(
    order.currency,
    cancelled.map(({ total }) => total),
  );
  return { order: settle({ ...order, lines }, change), lines: cancelled, refund };
}

/** What a cancellation promised has been paid back; an order of which some came back before may be over by that. */
export function completeCancellation(order: Order, refund: Money, change: Change): Order {
  const refunded = markRefunded(order, refund, change);
  if (refunded.state !== 'partially-returned' || !isAllGivenBack(refunded)) return refunded;
  return { ...transition(refunded, 'returned', change), version: refunded.version };
}

/** Moves the order's own state when nothing is left of it, and its fulfilment when only shipped units are. */
function settle(order: Order, change: Change): Order {
  const isAllCancelled = order.lines.every((line) => line.cancelledQuantity === line.quantity);
  if (isAllCancelled) return transition(order, 'cancelled', change);
  return fulfilmentOf(amend(order, {}, change.now), change);
}

function requirePaid(order: Order): void {
  if (isCheckingOut(order))
    throw aborted('ORDER_IN_PROGRESS', 'The checkout of this order is not finished.', {
      retryAfterMs: 1_000,
    });
  if (order.state !== 'confirmed' && order.state !== 'partially-returned')
    throw forbidden(order, `It is ${order.state}`);
}

function forbidden(order: Order, why: string): Error {
  return precondition('ORDER_STATE_FORBIDS', `This order cannot be cancelled. ${why}.`, {
    metadata: { order_id: order.orderId, state: order.state },
  });
}
