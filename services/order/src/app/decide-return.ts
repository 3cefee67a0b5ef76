import type { OrderReturn } from '../domain/order-return.ts';
import { type Decision, decideReturn as decide } from '../domain/return-decision.ts';
import { findReturn, returnNotFound, type Scope } from './find-order.ts';
import type { OrderPorts } from './ports.ts';

/** Who decides what about a return. */
export interface DecideReturnCommand {
  readonly returnId: string;
  readonly scope: Scope;
  /** `customer:<id>` or `staff:<id>`. */
  readonly actor: string;
  readonly decision: Decision;
  /** For the buyer; may be empty. */
  readonly note: string;
}

/**
 * Takes a return further before its goods are counted.
 *
 * @throws DomainError `RETURN_NOT_FOUND`, `RETURN_STATE_FORBIDS`.
 */
export async function decideReturn(
  { store, clock }: Pick<OrderPorts, 'store' | 'clock'>,
  command: DecideReturnCommand,
): Promise<OrderReturn> {
  const { orderId } = await findReturn(store, command.returnId, command.scope);
  return store.transaction(async (tx) => {
    const order = await tx.lockOrder(orderId);
    const locked = await tx.lockReturn(command.returnId);
    if (order === undefined || locked === undefined) throw returnNotFound();
    const change = { actor: command.actor, reason: command.note, now: clock.now() };
    const decided = decide(order, locked.orderReturn, command.decision, change);
    if (decided.order === order) return locked.orderReturn;
    await tx.saveOrder(order, decided.order);
    await tx.saveReturn(decided.orderReturn);
    return decided.orderReturn;
  });
}
