import type { OrderReturn, ReceivedLine } from '../domain/order-return.ts';
import { receiveReturn as receive } from '../domain/order-return.ts';
import { type ClaimedTime, effectiveTime } from './backdating.ts';
import { sameRequest } from './create-return.ts';
import { findReturn, returnNotFound } from './find-order.ts';
import type { OrderPorts, RequestKey } from './ports.ts';
import { RETURN, returnData } from './sagas/return-saga.ts';

/** What the warehouse states. */
export interface ReceiveReturnCommand {
  readonly key: RequestKey;
  readonly returnId: string;
  /** `staff:<id>`. */
  readonly actor: string;
  readonly lines: readonly ReceivedLine[];
  readonly claimed: ClaimedTime;
  /** When to answer with what there is: milliseconds since the epoch. */
  readonly until: number;
}

/**
 * States what arrived, refunds and restocks it; once per request id.
 *
 * @throws DomainError the reasons of `ReceiveReturn` in the contract.
 */
export async function receiveReturn(ports: OrderPorts, command: ReceiveReturnCommand): Promise<OrderReturn> {
  const { store, sagas, clock } = ports;
  const { returnId, key } = command;
  const receiveTime = await effectiveTime(ports, command.claimed, 'receive_time');
  const { orderId } = await findReturn(store, returnId, { kind: 'any' });
  const saga = await store.transaction(async (tx) => {
    const order = await tx.lockOrder(orderId);
    const locked = await tx.lockReturn(returnId);
    if (order === undefined || locked === undefined) throw returnNotFound();
    const { orderReturn, receipt } = locked;
    if (receipt?.requestId === key.requestId) return sameRequest(undefined, receipt.fingerprint, key);
    const received = receive(order, orderReturn, command.lines, {
      receiveTime,
      now: clock.now(),
      actor: command.actor,
    });
    const begun = sagas.begin({
      kind: RETURN,
      subjectId: returnId,
      orderId,
      data: returnData(received.order, received.orderReturn),
      stage: 0,
    });
    await tx.saveOrder(order, received.order);
    await tx.saveReturn(received.orderReturn, key);
    await tx.insertSaga(begun);
    return begun;
  });

  if (saga !== undefined) await within(sagas.drive(saga), command.until - Date.now());
  return findReturn(store, returnId, { kind: 'any' });
}

/** Waits for work that goes on by itself when time is up. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
