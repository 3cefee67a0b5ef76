import { aborted, invalid, Money, precondition } from '@souk/kernel';
import type { Customer, Order } from './order.ts';
import { amend, isAllGivenBack, isCheckingOut, markRefunded, record, SYSTEM, transition } from './order.ts';
import type { OrderLine } from './order-line.ts';
import { refundOf, returnableOf } from './order-line.ts';
import { RETURN_MACHINE, type ReturnState } from './return-state.ts';
import { allows } from './state-machine.ts';

/** Why goods come back. */
export type ReturnReason = 'unwanted' | 'defective' | 'wrong-item' | 'not-as-described' | 'other';

/** One line of a return, with the money for it: an estimate until the goods are received. */
export interface ReturnLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly goodQuantity: number;
  readonly damagedQuantity: number;
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** Goods that come back. */
export interface OrderReturn {
  readonly returnId: string;
  readonly orderId: string;
  readonly customer: Customer;
  readonly version: number;
  readonly state: ReturnState;
  readonly reason: ReturnReason;
  readonly note: string;
  readonly lines: readonly ReturnLine[];
  readonly refund: Money;
  readonly returnTime: Date;
  readonly receiveTime: Date | undefined;
  readonly createTime: Date;
  readonly completeTime: Date | undefined;
  /** What the buyer was told when the return was approved or refused; may be empty. */
  readonly decisionNote: string;
}

/** An order and one of its returns after a change of both. */
export interface Returned {
  readonly order: Order;
  readonly orderReturn: OrderReturn;
}

/** What a buyer announces. */
export interface ReturnRequest {
  readonly returnId: string;
  readonly reason: ReturnReason;
  readonly note: string;
  readonly returnTime: Date;
  /** `customer:<id>` or `staff:<id>`. */
  readonly actor: string;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** What arrived of one line. */
export interface ReceivedLine {
  readonly lineId: string;
  readonly goodQuantity: number;
  readonly damagedQuantity: number;
}

/**
 * Announces a return. Units that are announced cannot be announced again.
 *
 * @throws DomainError `ORDER_STATE_FORBIDS`, `ORDER_IN_PROGRESS`, `LINE_UNKNOWN`, `RETURN_QUANTITY_EXCEEDED`.
 */
export function requestReturn(order: Order, request: ReturnRequest, now: Date): Returned {
  requireReturnable(order);
  const wanted = byLine(request.lines, order.lines, 'lines');
  const lines: ReturnLine[] = [];
  const orderLines = order.lines.map((line) => {
    const quantity = wanted.get(line.lineId)?.quantity;
    if (quantity === undefined) return line;
    requireReturnableQuantity(line, quantity, returnableOf(line));
    const refund = refundOf(line, line.cancelledQuantity + line.returnedQuantity, quantity);
    lines.push({
      lineId: line.lineId,
      sku: line.sku,
      quantity,
      goodQuantity: 0,
      damagedQuantity: 0,
      ...refund,
    });
    return { ...line, returnedQuantity: line.returnedQuantity + quantity };
  });
  const orderReturn: OrderReturn = {
    returnId: request.returnId,
    orderId: order.orderId,
    customer: order.customer,
    version: 1,
    state: 'requested',
    reason: request.reason,
    note: request.note,
    lines,
    refund: sumOf(order.currency, lines),
    returnTime: request.returnTime,
    receiveTime: undefined,
    createTime: now,
    completeTime: undefined,
    decisionNote: '',
  };
  const announced = record(
    amend(order, { lines: orderLines }, now),
    'return',
    { subjectId: request.returnId, from: undefined, to: 'requested' },
    { actor: request.actor, reason: request.reason, now },
  );
  return { order: announced, orderReturn };
}

/**
 * States what arrived, and fixes the money for it. No `received` lines mean that all arrived in good state. Units that
 * did not arrive may be announced again.
 *
 * @throws DomainError `RETURN_STATE_FORBIDS`, `LINE_UNKNOWN`, `RETURN_QUANTITY_EXCEEDED`.
 */
export function receiveReturn(
  order: Order,
  orderReturn: OrderReturn,
  received: readonly ReceivedLine[],
  times: { readonly receiveTime: Date; readonly now: Date; readonly actor: string },
): Returned {
  const { state: from } = orderReturn;
  if (!allows(RETURN_MACHINE, from, 'received'))
    throw precondition('RETURN_STATE_FORBIDS', `The return is ${orderReturn.state} already.`, {
      metadata: { return_id: orderReturn.returnId, state: orderReturn.state },
    });
  requireSettled(order);
  const arrived = byLine(received, orderReturn.lines, 'lines');
  const orderLines = new Map(order.lines.map((line) => [line.lineId, line]));
  const lines = orderReturn.lines.map((line) => {
    const orderLine = orderLines.get(line.lineId);
    if (orderLine === undefined) throw new RangeError(`line ${line.lineId} is not the order's`);
    const whole = { goodQuantity: line.quantity, damagedQuantity: 0 };
    const none = { goodQuantity: 0, damagedQuantity: 0 };
    const { goodQuantity, damagedQuantity } =
      arrived.get(line.lineId) ?? (received.length === 0 ? whole : none);
    const count = goodQuantity + damagedQuantity;
    requireReturnableQuantity(orderLine, count, line.quantity);
    const refund = refundOf(orderLine, orderLine.refundedQuantity, count);
    orderLines.set(line.lineId, {
      ...orderLine,
      returnedQuantity: orderLine.returnedQuantity - line.quantity + count,
      refundedQuantity: orderLine.refundedQuantity + count,
    });
    return { ...line, goodQuantity, damagedQuantity, ...refund };
  });
  return {
    order: record(
      amend(order, { lines: [...orderLines.values()] }, times.now),
      'return',
      { subjectId: orderReturn.returnId, from, to: 'received' },
      { actor: times.actor, reason: '', now: times.now },
    ),
    orderReturn: {
      ...orderReturn,
      version: orderReturn.version + 1,
      state: 'received',
      lines,
      refund: sumOf(order.currency, lines),
      receiveTime: times.receiveTime,
    },
  };
}

/** The goods are restocked and the money is paid back. */
export function completeReturn(order: Order, orderReturn: OrderReturn, now: Date): Returned {
  const completed: OrderReturn = {
    ...orderReturn,
    version: orderReturn.version + 1,
    state: 'completed',
    completeTime: now,
  };
  const change = { actor: SYSTEM, reason: `return:${orderReturn.returnId}`, now };
  const step = { subjectId: orderReturn.returnId, from: 'received', to: 'completed' };
  const units = orderReturn.lines.reduce((sum, line) => sum + line.goodQuantity + line.damagedQuantity, 0);
  if (units === 0)
    return { order: record(amend(order, {}, now), 'return', step, change), orderReturn: completed };
  const refunded = record(markRefunded(order, orderReturn.refund, change), 'return', step, change);
  const state = isAllGivenBack(refunded) ? 'returned' : 'partially-returned';
  if (state === refunded.state) return { order: refunded, orderReturn: completed };
  return {
    order: { ...transition(refunded, state, change), version: refunded.version },
    orderReturn: completed,
  };
}

/** Nothing gets in between while the order is checked out or edited. */
function requireSettled(order: Order): void {
  if (isCheckingOut(order))
    throw aborted('ORDER_IN_PROGRESS', 'The checkout or an edit of this order is not finished.', {
      retryAfterMs: 1_000,
    });
}

function requireReturnable(order: Order): void {
  requireSettled(order);
  if (order.state !== 'confirmed' && order.state !== 'partially-returned')
    throw precondition('ORDER_STATE_FORBIDS', `Nothing can be returned of an order that is ${order.state}.`, {
      metadata: { order_id: order.orderId, state: order.state },
    });
}

function requireReturnableQuantity(line: OrderLine, requested: number, returnable: number): void {
  if (requested <= returnable) return;
  throw precondition('RETURN_QUANTITY_EXCEEDED', `Only ${returnable} of ${line.title} can be returned.`, {
    metadata: { line_id: line.lineId, requested: String(requested), returnable: String(returnable) },
  });
}

/** Indexes a request's lines, each of which must be one of `known` and come once. */
function byLine<T extends { readonly lineId: string }>(
  lines: readonly T[],
  known: readonly { readonly lineId: string }[],
  field: string,
): ReadonlyMap<string, T> {
  const ids = new Set(known.map((line) => line.lineId));
  const result = new Map<string, T>();
  lines.forEach((line, index) => {
    if (!ids.has(line.lineId) || result.has(line.lineId))
      throw invalid('LINE_UNKNOWN', 'The line is not there, or comes twice.', {
        field: `${field}[${index}].line_id`,
        metadata: { line_id: line.lineId },
      });
    result.set(line.lineId, line);
  });
  return result;
}

function sumOf(currency: string, lines: readonly ReturnLine[]): Money {
  return Money.sum(
    currency,
    lines.map((line) => line.total),
  );
}
