import type { Order } from './order.ts';
import { record } from './order.ts';
import type { OrderLine } from './order-line.ts';
import type { FulfilmentState } from './order-state.ts';
import { FULFILMENT_MACHINE } from './order-state.ts';
import { allows, type Change } from './state-machine.ts';

/** How far an order's units have come; undefined when none is left that could be shipped. */
function fulfilmentStateOf(lines: readonly OrderLine[]): FulfilmentState | undefined {
  const sum = (units: (line: OrderLine) => number): number =>
    lines.reduce((total, line) => total + units(line), 0);
  const open = sum((line) => line.quantity - line.cancelledQuantity);
  const shipped = sum((line) => line.shippedQuantity);
  const delivered = sum((line) => line.deliveredQuantity);
  if (open === 0) return undefined;
  if (delivered === open) return 'delivered';
  if (delivered > 0) return 'partially-delivered';
  if (shipped === open) return 'shipped';
  return shipped > 0 ? 'partially-shipped' : 'unfulfilled';
}

/**
 * An order whose fulfilment state says what its lines say, with the change in its history; its version stays.
 *
 * @throws RangeError for a step that fulfilment does not take.
 */
export function fulfilmentOf(order: Order, change: Change): Order {
  const { fulfilmentState: from } = order;
  const to = fulfilmentStateOf(order.lines) ?? from;
  if (from === to) return order;
  if (!allows(FULFILMENT_MACHINE, from, to))
    throw new RangeError(`the fulfilment of order ${order.orderId} cannot go from ${from} to ${to}`);
  return { ...record(order, 'fulfilment', { from, to }, change), fulfilmentState: to };
}
