import { aborted } from '@souk/kernel';
import { cancel, type Order } from '../domain/order.ts';
import { awaitOrder } from './await-order.ts';
import { covers, orderNotFound, type Scope } from './find-order.ts';
import type { OrderPorts } from './ports.ts';
import { CANCELLATION, cancellationData } from './sagas/cancellation-saga.ts';

/** Who cancels what, and why. */
export interface CancelOrderCommand {
  readonly orderId: string;
  readonly scope: Scope;
  /** `customer:<id>` or `staff:<id>`. */
  readonly actor: string;
  readonly reason: string;
  /** Refuses when the order has another version, if given. */
  readonly requireVersion: (order: Order) => void;
  /** When to answer with what there is: milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Cancels a paid order and gives back its money and stock; does nothing when it is cancelled already.
 *
 * @throws DomainError `ORDER_NOT_FOUND`, `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, and what `requireVersion` throws.
 */
export async function cancelOrder(ports: OrderPorts, command: CancelOrderCommand): Promise<Order> {
  const { store, sagas, clock } = ports;
  const { cancelled, saga } = await store.transaction(async (tx) => {
    const order = await tx.lockOrder(command.orderId);
    if (order === undefined || !covers(command.scope, order.customer)) throw orderNotFound();
    if (order.state === 'cancelled') return { cancelled: order, saga: undefined };
    command.requireVersion(order);
    if (order.state === 'pending' || order.paymentState === 'authorized')
      throw aborted('ORDER_IN_PROGRESS', 'The checkout of this order is not finished.', {
        retryAfterMs: 1_000,
      });
    const next = cancel(order, command.actor, command.reason, clock.now());
    const begun = sagas.begin({
      kind: CANCELLATION,
      subjectId: order.orderId,
      orderId: order.orderId,
      data: cancellationData(order),
      stage: 0,
    });
    await tx.saveOrder(order, next);
    await tx.insertSaga(begun);
    await tx.tell([{ type: 'cancelled', order: next }]);
    return { cancelled: next, saga: begun };
  });
  if (saga === undefined) return cancelled;
  const isRefunded = (order: Order): boolean => order.paymentState === 'refunded';
  return awaitOrder(ports, cancelled.orderId, isRefunded, command.until, () => void sagas.drive(saga));
}
