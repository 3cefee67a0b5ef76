import type { Order } from '../domain/order.ts';
import { isFinal } from '../domain/order-state.ts';
import { awaitOrder } from './await-order.ts';
import { findOrder, type Scope } from './find-order.ts';
import type { OrderPorts } from './ports.ts';

/** One thing that a watcher is told. */
export type OrderUpdate =
  | { readonly kind: 'snapshot' | 'change'; readonly order: Order }
  | { readonly kind: 'heartbeat'; readonly version: number; readonly time: Date }
  | { readonly kind: 'end'; readonly version: number; readonly reason: 'final' | 'reconnect' };

/** What to watch, and how. */
export interface WatchOrderCommand {
  readonly orderId: string;
  readonly scope: Scope;
  /** The version that the watcher has seen. */
  readonly seenVersion: number | undefined;
  readonly heartbeatMs: number;
  /** Aborted when the watcher has left or the service stops. */
  readonly signal: AbortSignal;
  /** When to ask the watcher to reconnect: milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Tells the order as it is, then every change that is seen, until it can change no more or time is up.
 *
 * @throws DomainError `ORDER_NOT_FOUND`.
 */
export async function* watchOrder(
  ports: OrderPorts,
  command: WatchOrderCommand,
): AsyncGenerator<OrderUpdate> {
  const { heartbeatMs } = command;
  const isLeft = (): boolean => command.signal.aborted;
  let order = await findOrder(ports.store, command.orderId, command.scope);
  if (order.version !== command.seenVersion) yield { kind: 'snapshot', order };
  while (!isOver(order)) {
    const { version } = order;
    if (isLeft() || Date.now() >= command.until) {
      yield { kind: 'end', version, reason: 'reconnect' };
      return;
    }
    const next = await awaitOrder(
      ports,
      order.orderId,
      (seen) => seen.version > version || isLeft(),
      Math.min(command.until, Date.now() + heartbeatMs),
    );
    if (next.version > version) yield { kind: 'change', order: next };
    else if (!isLeft()) yield { kind: 'heartbeat', version, time: ports.clock.now() };
    order = next;
  }
  yield { kind: 'end', version: order.version, reason: 'final' };
}

/** Neither the order nor its money has anything left to happen. */
function isOver(order: Order): boolean {
  const isGivingBack = order.state === 'cancelled' && order.paymentState !== 'refunded';
  return isFinal(order.state) && !isGivingBack;
}
