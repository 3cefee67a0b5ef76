import { aborted, invalid, Money, precondition } from '@souk/kernel';
import { type CancelledLine, cancelLines, type CancelledUnits } from './cancellation.ts';
import { fulfilmentOf } from './fulfilment.ts';
import { amend, type Customer, markRefunded, type Order, type Rejection, withPayment } from './order.ts';
import { type LineRefund, type OrderLine, refundOf, totalsOf, UNTOUCHED } from './order-line.ts';
import type { Change } from './state-machine.ts';

/** Where an edit is in its life. */
export type EditState = 'staged' | 'applying' | 'applied' | 'discarded' | 'failed';

/** Units that an edit takes out. */
export interface RemovedUnits extends LineRefund {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** A change of an order's lines: previewed, then confirmed or discarded. */
export interface OrderEdit {
  readonly editId: string;
  readonly orderId: string;
  readonly customer: Customer;
  readonly state: EditState;
  /** The version of the order that it was staged on; another one outdates it. */
  readonly baseVersion: number;
  /** Lines to add, complete. */
  readonly added: readonly OrderLine[];
  readonly removed: readonly RemovedUnits[];
  /** What is added less what is removed: to pay when positive. */
  readonly difference: Money;
  readonly note: string;
  readonly actor: string;
  readonly createTime: Date;
  readonly expireTime: Date;
  readonly settleTime: Date | undefined;
  readonly failure: Rejection | undefined;
  /** The return whose goods it exchanges. */
  readonly returnId: string | undefined;
}

/** One change that is wished for. */
export type EditChange =
  | { readonly kind: 'set'; readonly lineId: string; readonly quantity: number }
  | { readonly kind: 'add'; readonly sku: string; readonly quantity: number };

/** A variant with its present price, to become a line. */
export type PricedUnits = Omit<OrderLine, keyof typeof UNTOUCHED | 'lineId' | 'editId' | 'restores'>;

/** What changes come to, before anything is priced. */
export interface EditPlan {
  readonly removed: readonly CancelledUnits[];
  readonly restored: readonly CancelledUnits[];
  /** Units to add at present prices, by SKU. */
  readonly priced: ReadonlyMap<string, number>;
}

/**
 * Sorts changes into units that go, units that come back at their old price, and units to be priced.
 *
 * @throws DomainError `LINE_UNKNOWN`, `EDIT_EMPTY`.
 */
export function planEdit(order: Order, changes: readonly EditChange[]): EditPlan {
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  const removed: CancelledUnits[] = [];
  const restored: CancelledUnits[] = [];
  const priced = new Map<string, number>();
  const price = (sku: string, quantity: number): void => {
    if (quantity > 0) priced.set(sku, (priced.get(sku) ?? 0) + quantity);
  };
  changes.forEach((change, index) => {
    if (change.kind === 'add') {
      price(change.sku, change.quantity);
      return;
    }
    const line = lines.get(change.lineId);
    if (line === undefined)
      throw invalid('LINE_UNKNOWN', 'The line is not there, or comes twice.', {
        field: `changes[${index}].set_quantity.line_id`,
        metadata: { line_id: change.lineId },
      });
    lines.delete(change.lineId);
    const { lineId } = line;
    const more = change.quantity - (line.quantity - line.cancelledQuantity);
    const back = Math.max(0, Math.min(more, restorableOf(order, line)));
    if (more < 0) removed.push({ lineId, quantity: -more });
    if (back > 0) restored.push({ lineId, quantity: back });
    price(line.sku, more - back);
  });
  if (removed.length + restored.length + priced.size === 0)
    throw invalid('EDIT_EMPTY', 'The edit changes nothing.', { field: 'changes' });
  return { removed, restored, priced };
}

/** Units of a line that were cancelled and have not come back since. */
function restorableOf(order: Order, line: OrderLine): number {
  const restored = order.lines.filter((other) => other.restores === line.lineId);
  return line.cancelledQuantity - restored.reduce((sum, other) => sum + other.quantity, 0);
}

/** What an edit is made of besides its order. */
export type NewEdit = Pick<OrderEdit, 'editId' | 'note' | 'actor' | 'createTime' | 'expireTime' | 'returnId'>;

/**
 * A staged edit with what it comes to.
 *
 * @throws DomainError `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, `LINE_UNKNOWN`, `LINE_SHIPPED`, `EDIT_EMPTY`.
 */
export function stageEdit(
  order: Order,
  plan: EditPlan,
  priced: readonly PricedUnits[],
  fields: NewEdit,
): OrderEdit {
  const { editId } = fields;
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  let next = order.lines.length + 1;
  const lineId = (): string => String(next++);
  const restored = plan.restored.flatMap(({ lineId: id, quantity }) => {
    const line = lines.get(id);
    if (line === undefined) return [];
    const earlier = line.cancelledQuantity - restorableOf(order, line);
    return [restoredLine(line, earlier, quantity, lineId(), editId)];
  });
  const added = [
    ...restored,
    ...priced.map((units): OrderLine => ({ ...units, ...UNTOUCHED, lineId: lineId(), editId })),
  ];
  const tried = apply(order, added, plan.removed, {
    actor: fields.actor,
    reason: '',
    now: fields.createTime,
  });
  const removed = tried.removed.map(
    ({ line, quantity, net, tax, total }): RemovedUnits => ({
      ...{ lineId: line.lineId, sku: line.sku, quantity },
      ...{ net, tax, total },
    }),
  );
  return {
    ...fields,
    orderId: order.orderId,
    customer: order.customer,
    state: 'staged',
    baseVersion: order.version,
    added,
    removed,
    difference: sumOf(order.currency, added).minus(sumOf(order.currency, removed)),
    settleTime: undefined,
    failure: undefined,
  };
}

/**
 * Units that come back at exactly what was given back for them when they were cancelled: those cancelled last, but for the
 * `earlier` ones that have come back before.
 */
function restoredLine(
  line: OrderLine,
  earlier: number,
  quantity: number,
  lineId: string,
  editId: string,
): OrderLine {
  const first = line.refundedQuantity - earlier - quantity;
  const { net, tax, total } = refundOf(line, first, quantity);
  const listAmount = line.unitPrice.times(quantity);
  return {
    ...line,
    ...UNTOUCHED,
    ...{ lineId, editId, quantity, listAmount, tax, total },
    discount: listAmount.minus(net),
    restores: line.lineId,
  };
}

/**
 * The order's hold on an edit that is confirmed: no other change gets in between.
 *
 * @throws DomainError `EDIT_STATE_FORBIDS`, `EDIT_OUTDATED`, `ORDER_IN_PROGRESS`.
 */
export function beginEdit(
  order: Order,
  edit: OrderEdit,
  now: Date,
): { readonly order: Order; readonly edit: OrderEdit } {
  requireState(edit, 'staged');
  if (order.editId !== undefined)
    throw aborted('ORDER_IN_PROGRESS', 'Another edit of this order is being applied.', {
      retryAfterMs: 1_000,
    });
  if (order.version !== edit.baseVersion || now > edit.expireTime)
    throw aborted('EDIT_OUTDATED', 'The order or its prices have changed since; stage the edit again.', {
      metadata: { edit_id: edit.editId },
    });
  return { order: amend(order, { editId: edit.editId }, now), edit: { ...edit, state: 'applying' } };
}

/** An order after an edit, and what is still to be given back. */
export interface Edited {
  readonly order: Order;
  readonly edit: OrderEdit;
  readonly removed: readonly CancelledLine[];
  /** What is paid back; the rest of what was removed has paid for what was added. */
  readonly refund: Money;
}

/** Applies an edit whose stock and money are secured. */
export function applyEdit(order: Order, edit: OrderEdit, change: Change): Edited {
  const free = { ...order, editId: undefined };
  const applied = apply(free, edit.added, edit.removed, change);
  const settled = { ...applied.order, version: order.version + 1 };
  return {
    order: settled,
    edit: { ...edit, state: 'applied', settleTime: change.now },
    removed: applied.removed,
    refund: edit.difference.isNegative ? edit.difference.negate() : Money.zero(order.currency),
  };
}

/** The order is free again and as it was. */
export function failEdit(
  order: Order,
  edit: OrderEdit,
  failure: Rejection,
  now: Date,
): Omit<Edited, 'removed' | 'refund'> {
  return {
    order: amend(order, { editId: undefined }, now),
    edit: { ...edit, state: 'failed', failure, settleTime: now },
  };
}

/**
 * The edit given up.
 *
 * @throws DomainError `EDIT_STATE_FORBIDS`.
 */
export function discardEdit(edit: OrderEdit, now: Date): OrderEdit {
  if (edit.state === 'discarded') return edit;
  requireState(edit, 'staged');
  return { ...edit, state: 'discarded', settleTime: now };
}

function requireState(edit: OrderEdit, state: EditState): void {
  if (edit.state !== state)
    throw precondition('EDIT_STATE_FORBIDS', `The edit is ${edit.state}.`, {
      metadata: { edit_id: edit.editId, state: edit.state },
    });
}

function apply(
  order: Order,
  added: readonly OrderLine[],
  removed: readonly CancelledUnits[],
  change: Change,
): { readonly order: Order; readonly removed: readonly CancelledLine[] } {
  const lines = [...order.lines, ...added];
  const grown: Order = { ...order, lines, totals: totalsOf(order.currency, lines) };
  const isLeft = lines.some(
    ({ lineId, quantity, cancelledQuantity }) =>
      quantity - cancelledQuantity > (removed.find((units) => units.lineId === lineId)?.quantity ?? 0),
  );
  if (!isLeft)
    throw invalid('EDIT_EMPTY', 'The edit would leave nothing; cancel the order instead.', {
      field: 'changes',
    });
  const isOwedAgain = grown.paymentState === 'refunded' && !grown.totals.total.equals(grown.refunded);
  const open = isOwedAgain ? withPayment(grown, 'partially-refunded', change) : grown;
  const taken = cancelLines(open, removed, change);
  // What is removed pays for what is added before anything is paid or paid back.
  const price = sumOf(order.currency, added);
  const netted = taken.refund.compare(price) < 0 ? taken.refund : price;
  return {
    order: fulfilmentOf(markRefunded(taken.order, netted, change), change),
    removed: taken.lines,
  };
}

function sumOf(currency: string, lines: readonly { readonly total: Money }[]): Money {
  return Money.sum(
    currency,
    lines.map((line) => line.total),
  );
}
