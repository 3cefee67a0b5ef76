import { precondition } from '@souk/kernel';
import { amend, type Order, record } from './order.ts';
import type { OrderReturn, Returned } from './order-return.ts';
import { RETURN_MACHINE, type ReturnState } from './return-state.ts';
import { allows, type Change } from './state-machine.ts';

/** Where a return may be taken before its goods are counted. */
export type Decision = Extract<ReturnState, 'approved' | 'refused' | 'withdrawn' | 'arrived'>;

/**
 * A return after a decision; units of one that is refused or withdrawn may be announced again. The decision that stands
 * already changes nothing.
 *
 * @throws DomainError `RETURN_STATE_FORBIDS`.
 */
export function decideReturn(order: Order, orderReturn: OrderReturn, to: Decision, change: Change): Returned {
  const { returnId, state: from } = orderReturn;
  if (from === to) return { order, orderReturn };
  if (!allows(RETURN_MACHINE, from, to))
    throw precondition('RETURN_STATE_FORBIDS', `A return that is ${from} cannot be ${to}.`, {
      metadata: { return_id: returnId, state: from },
    });
  const isOver = to === 'refused' || to === 'withdrawn';
  const freed = new Map(orderReturn.lines.map((line) => [line.lineId, line.quantity]));
  const lines = order.lines.map((line) => {
    const units = freed.get(line.lineId);
    return units === undefined || !isOver
      ? line
      : { ...line, returnedQuantity: line.returnedQuantity - units };
  });
  const decided = record(
    amend(order, isOver ? { lines } : {}, change.now),
    'return',
    { subjectId: returnId, from, to },
    change,
  );
  const note = change.reason === '' ? orderReturn.decisionNote : change.reason;
  return {
    order: decided,
    orderReturn: { ...orderReturn, version: orderReturn.version + 1, state: to, decisionNote: note },
  };
}
