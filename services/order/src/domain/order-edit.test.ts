import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { cancelLines, completeCancellation } from './cancellation.ts';
import { confirm, type Order } from './order.ts';
import { sampleLine, sampleOrder } from './order.fixture.ts';
import {
  applyEdit,
  beginEdit,
  discardEdit,
  type EditChange,
  failEdit,
  type OrderEdit,
  planEdit,
  type PricedUnits,
  stageEdit,
} from './order-edit.ts';
import { type OrderLine, refundOf, returnableOf, totalsOf } from './order-line.ts';
import { completeReturn, receiveReturn, requestReturn } from './order-return.ts';

const now = new Date('2026-01-02T03:04:05Z');
const change = { actor: 'staff:7', reason: '', now };
const gbp = (minor: bigint): Money => Money.of('GBP', minor);

/** An order with the money that payment holds for it: what was taken less what was paid back. */
interface Sale {
  readonly order: Order;
  readonly taken: bigint;
  readonly paidBack: bigint;
}

const paid = (lines: readonly OrderLine[]): Sale => {
  const order = confirm(sampleOrder(lines, now), '01890000-0000-7000-8000-000000000009', now);
  return { order, taken: order.totals.total.minor, paidBack: 0n };
};

let count = 0;
function stage(order: Order, changes: readonly EditChange[], unit = 777n): OrderEdit {
  const plan = planEdit(order, changes);
  const priced = [...plan.priced].map(([sku, quantity]): PricedUnits => {
    const tax = (unit * BigInt(quantity)) / 7n;
    const { productId, title, unitPrice, listAmount, discount, total, digital } = sampleLine({
      lineId: 'x',
      quantity,
      unit,
      discount: 0n,
      tax,
    });
    return {
      sku,
      quantity,
      productId,
      title,
      unitPrice,
      listAmount,
      discount,
      total,
      digital,
      tax: gbp(tax),
    };
  });
  return stageEdit(order, plan, priced, {
    editId: `edit-${count++}`,
    note: '',
    actor: 'staff:7',
    createTime: now,
    expireTime: new Date(now.getTime() + 1_000),
    returnId: undefined,
  });
}

/** What the saga does, with a payment service that keeps count. */
function edited(sale: Sale, changes: readonly EditChange[]): Sale {
  const edit = stage(sale.order, changes);
  const begun = beginEdit(sale.order, edit, now);
  const { order, refund } = applyEdit(begun.order, begun.edit, change);
  const due = edit.difference.minor;
  return {
    order: completeCancellation(order, refund, change),
    taken: sale.taken + (due > 0n ? due : 0n),
    paidBack: sale.paidBack + refund.minor,
  };
}

function cancelled(sale: Sale, lineId: string, quantity: number): Sale {
  const { order, refund } = cancelLines(sale.order, [{ lineId, quantity }], change);
  return {
    ...sale,
    order: completeCancellation(order, refund, change),
    paidBack: sale.paidBack + refund.minor,
  };
}

function returned(sale: Sale, lineId: string, quantity: number, arrived: number): Sale {
  const request = { returnId: 'r', reason: 'unwanted', note: '', returnTime: now, actor: 'a' } as const;
  const announced = requestReturn(sale.order, { ...request, lines: [{ lineId, quantity }] }, now);
  const lines = [{ lineId, goodQuantity: arrived, damagedQuantity: 0 }];
  const times = { receiveTime: now, now, actor: 'a' };
  const received = receiveReturn(announced.order, announced.orderReturn, lines, times);
  const done = completeReturn(received.order, received.orderReturn, now);
  return { ...sale, order: done.order, paidBack: sale.paidBack + done.orderReturn.refund.minor };
}

/** What the units that the buyer keeps were sold for. */
const kept = (order: Order): bigint =>
  order.lines.reduce((sum, line) => {
    const { quantity, refundedQuantity } = line;
    return sum + refundOf(line, refundedQuantity, quantity - refundedQuantity).total.minor;
  }, 0n);

function expectBalanced({ order, taken, paidBack }: Sale): void {
  expect(order.totals).toEqual(totalsOf('GBP', order.lines));
  expect(order.totals.total.minor - order.refunded.minor).toBe(taken - paidBack);
  expect(kept(order)).toBe(taken - paidBack);
  expect(paidBack).toBeLessThanOrEqual(taken);
}

const line = (lineId: string) =>
  fc
    .record({ quantity: fc.integer({ min: 1, max: 9 }), unit: fc.bigInt({ min: 0n, max: 5_000n }) })
    .chain(({ quantity, unit }) =>
      fc
        .record({
          discount: fc.bigInt({ min: 0n, max: unit * BigInt(quantity) }),
          tax: fc.bigInt({ min: 0n, max: 2_000n }),
        })
        .map((amounts) => sampleLine({ lineId, quantity, unit, ...amounts })),
    );

describe('edits', () => {
  it('keep order and payment equal in any sequence with cancellations and returns (medusa#14136)', () => {
    const step = fc.record({
      kind: fc.constantFrom('set', 'set', 'add', 'cancel', 'return'),
      index: fc.nat(5),
      quantity: fc.integer({ min: 0, max: 6 }),
      more: fc.nat(3),
    });
    fc.assert(
      fc.property(line('1'), line('2'), fc.array(step, { maxLength: 25 }), (a, b, steps) => {
        let sale = paid([a, b]);
        for (const { kind, index, quantity, more } of steps) {
          const chosen = sale.order.lines[index % sale.order.lines.length];
          if (chosen === undefined) continue;
          const { lineId } = chosen;
          const units = Math.min(quantity, returnableOf(chosen));
          try {
            if (kind === 'set') sale = edited(sale, [{ kind, lineId, quantity }]);
            else if (kind === 'add')
              sale = edited(sale, [
                { kind, sku: `NEW-${more}`, quantity: more + 1 },
                { kind: 'set', lineId, quantity },
              ]);
            else if (units > 0)
              sale =
                kind === 'cancel'
                  ? cancelled(sale, lineId, units)
                  : returned(sale, lineId, units, Math.max(0, units - more));
          } catch (error) {
            // What the rules refuse changes nothing; anything else is a fault.
            expect(error).toMatchObject({
              reason: expect.stringMatching(/^(EDIT_EMPTY|LINE_SHIPPED|ORDER_STATE_FORBIDS)$/),
            });
          }
          expectBalanced(sale);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('come to nothing when they are undone (vendure#4013)', () => {
    fc.assert(
      fc.property(line('1'), line('2'), fc.nat(9), fc.integer({ min: 1, max: 5 }), (a, b, left, extra) => {
        const before = paid([a, b]);
        const worth = before.taken - before.paidBack;
        // Units out and back in.
        const target = Math.min(left, a.quantity - 1);
        const without = edited(before, [{ kind: 'set', lineId: '1', quantity: target }]);
        const back = edited(without, [{ kind: 'set', lineId: '1', quantity: a.quantity }]);
        expect(back.taken - back.paidBack).toBe(worth);
        // Units in and back out.
        const more = edited(back, [{ kind: 'add', sku: 'NEW', quantity: extra }]);
        const added = more.order.lines.at(-1)?.lineId ?? '';
        const undone = edited(more, [{ kind: 'set', lineId: added, quantity: 0 }]);
        expect(undone.taken - undone.paidBack).toBe(worth);
        expectBalanced(undone);
      }),
    );
  });

  it('charge for what is added and pay back what is removed, netted', () => {
    const sale = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 0n, tax: 600n })]);
    const swap: EditChange[] = [
      { kind: 'set', lineId: '1', quantity: 2 },
      { kind: 'add', sku: 'NEW', quantity: 1 },
    ];
    const edit = stage(sale.order, swap);
    expect(edit.removed[0]?.total.minor).toBe(1_200n);
    expect(edit.added[0]?.total.minor).toBe(888n);
    expect(edit.difference.minor).toBe(-312n);
    const done = edited(sale, swap);
    expect(done).toMatchObject({ taken: 3_600n, paidBack: 312n });
    expect(done.order.refunded.minor).toBe(1_200n);
    expect(done.order).toMatchObject({ state: 'confirmed', paymentState: 'partially-refunded' });
  });

  it('bring cancelled units back once, at their old price, and price the rest anew', () => {
    const sale = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 100n, tax: 0n })]);
    const one = edited(sale, [{ kind: 'set', lineId: '1', quantity: 1 }]);
    const four = stage(one.order, [{ kind: 'set', lineId: '1', quantity: 4 }]);
    expect(four.added.map(({ quantity, restores }) => [quantity, restores])).toEqual([
      [2, '1'],
      [1, undefined],
    ]);
    const three = edited(one, [{ kind: 'set', lineId: '1', quantity: 3 }]);
    const again = planEdit(three.order, [{ kind: 'set', lineId: '1', quantity: 3 }]);
    expect(again.restored).toEqual([]);
    expect([...again.priced]).toEqual([['SKU-1', 2]]);
  });

  it('leave nothing changed until they are applied, and nothing when they fail', () => {
    const { order } = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 0n, tax: 0n })]);
    const edit = stage(order, [{ kind: 'set', lineId: '1', quantity: 2 }]);
    const begun = beginEdit(order, edit, now);
    expect(begun.order).toMatchObject({ lines: order.lines, totals: order.totals });
    const failure = { reason: 'PAYMENT_DECLINED', message: '', metadata: {} };
    const failed = failEdit(begun.order, begun.edit, failure, now);
    expect(failed.order).toMatchObject({ lines: order.lines, totals: order.totals, editId: undefined });
    expect(failed.edit).toMatchObject({ state: 'failed', failure });
  });

  it('keep everything else away while they are applied', () => {
    const { order } = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 0n, tax: 0n })]);
    const begun = beginEdit(order, stage(order, [{ kind: 'set', lineId: '1', quantity: 2 }]), now);
    const busy = expect.objectContaining({ reason: 'ORDER_IN_PROGRESS' });
    expect(() => cancelLines(begun.order, [{ lineId: '1', quantity: 1 }], change)).toThrow(busy);
    expect(() => stage(begun.order, [{ kind: 'set', lineId: '1', quantity: 1 }])).toThrow(busy);
  });

  it('are refused when they change nothing, leave nothing, or name what is not there', () => {
    const { order } = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 0n, tax: 0n })]);
    const reasonOf =
      (changes: EditChange[]): (() => unknown) =>
      () =>
        stage(order, changes);
    const refused = (reason: string) => expect.objectContaining({ reason });
    expect(reasonOf([{ kind: 'set', lineId: '1', quantity: 3 }])).toThrow(refused('EDIT_EMPTY'));
    expect(reasonOf([{ kind: 'set', lineId: '1', quantity: 0 }])).toThrow(refused('EDIT_EMPTY'));
    expect(reasonOf([{ kind: 'set', lineId: '9', quantity: 1 }])).toThrow(refused('LINE_UNKNOWN'));
    const twice: EditChange = { kind: 'set', lineId: '1', quantity: 2 };
    expect(reasonOf([twice, twice])).toThrow(refused('LINE_UNKNOWN'));
  });

  it('are outdated by any other change, and by time', () => {
    const { order } = paid([sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 0n, tax: 0n })]);
    const edit = stage(order, [{ kind: 'set', lineId: '1', quantity: 2 }]);
    const outdated = expect.objectContaining({ reason: 'EDIT_OUTDATED' });
    expect(() => beginEdit({ ...order, version: order.version + 1 }, edit, now)).toThrow(outdated);
    expect(() => beginEdit(order, edit, new Date(now.getTime() + 1_001))).toThrow(outdated);
    const discarded = discardEdit(edit, now);
    expect(discardEdit(discarded, now)).toBe(discarded);
    expect(() => beginEdit(order, discarded, now)).toThrow(
      expect.objectContaining({ reason: 'EDIT_STATE_FORBIDS' }),
    );
  });
});
