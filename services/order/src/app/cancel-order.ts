import { newId } from '@souk/kernel';
import { cancelFrom, type LocatedUnits } from '../domain/allocation.ts';
import { type Cancelled, type CancelledUnits, cancelLines, cancelWhole } from '../domain/cancellation.ts';
import type { Order } from '../domain/order.ts';
import { awaitOrder } from './await-order.ts';
import { sameRequest } from './create-return.ts';
import { covers, orderNotFound, type Scope } from './find-order.ts';
import type { OrderPorts, OrderTransaction, RequestKey } from './ports.ts';
import type { Saga } from './saga/saga.ts';
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

/** Who cancels which units, and why. */
export interface CancelLinesCommand extends CancelOrderCommand {
  readonly key: RequestKey;
  readonly lines: readonly CancelledUnits[];
}

/**
 * Cancels what is left of a paid order and gives back its money and stock; does nothing when it is cancelled already.
 *
 * @throws DomainError `ORDER_NOT_FOUND`, `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, `LINE_SHIPPED`, and what
 * `requireVersion` throws.
 */
export async function cancelOrder(ports: OrderPorts, command: CancelOrderCommand): Promise<Order> {
  return cancelling(ports, command, async (tx, order) => {
    if (order.state === 'cancelled') return order;
    command.requireVersion(order);
    const { actor, reason } = command;
    const cancelled = cancelWhole(order, { actor, reason, now: ports.clock.now() });
    return begin(ports, tx, order, cancelled, order.orderId, reason);
  });
}

/**
 * Cancels units that were not shipped and gives back their money and stock; once per request id.
 *
 * @throws DomainError the reasons of `CancelOrderLines` in the contract.
 */
export async function cancelOrderLines(ports: OrderPorts, command: CancelLinesCommand): Promise<Order> {
  return cancelling(ports, command, async (tx, order) => {
    const cancellationId = newId();
    const known = await tx.claimCancellation(order.orderId, cancellationId, command.key);
    if (known !== undefined) return sameRequest(order, known, command.key);
    command.requireVersion(order);
    const { actor, reason, lines } = command;
    const cancelled = cancelLines(order, lines, { actor, reason, now: ports.clock.now() });
    return begin(ports, tx, order, cancelled, cancellationId, reason);
  });
}

interface Begun {
  readonly order: Order;
  readonly saga: Saga;
}

async function cancelling(
  ports: OrderPorts,
  command: CancelOrderCommand,
  work: (tx: OrderTransaction, order: Order) => Promise<Order | Begun>,
): Promise<Order> {
  const result = await ports.store.transaction(async (tx) => {
    const order = await tx.lockOrder(command.orderId);
    if (order === undefined || !covers(command.scope, order.customer)) throw orderNotFound();
    return work(tx, order);
  });
  if (!('saga' in result)) return result;
  const { order, saga } = result;
  const isRefunded = (seen: Order): boolean => seen.version > order.version;
  return awaitOrder(ports, order.orderId, isRefunded, command.until, () => void ports.sagas.drive(saga));
}

/** Stores a cancellation and begins what gives back. */
async function begin(
  ports: OrderPorts,
  tx: OrderTransaction,
  before: Order,
  { order, lines, refund }: Cancelled,
  cancellationId: string,
  reason: string,
): Promise<Begun> {
  const held = await tx.lockAllocations(order.orderId);
  let left = held;
  const back: LocatedUnits[] = [];
  for (const { line, quantity } of lines) {
    const taken = cancelFrom(left, line, quantity);
    left = taken.allocations;
    back.push(...taken.back);
  }
  const saga = ports.sagas.begin({
    kind: CANCELLATION,
    subjectId: cancellationId,
    orderId: order.orderId,
    data: cancellationData(order, cancellationId, refund, back),
    stage: 0,
  });
  await tx.saveOrder(before, order);
  await tx.saveAllocations(order.orderId, held, left);
  await tx.insertSaga(saga);
  const type = order.state === 'cancelled' ? 'cancelled' : 'lines-cancelled';
  await tx.tell([{ type, order, cancellationId, reason, lines, refund }]);
  return { order, saga };
}
