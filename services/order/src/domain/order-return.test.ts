import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { cancelWhole } from './cancellation.ts';
import { confirm, type Order } from './order.ts';
import { sampleLine, sampleOrder } from './order.fixture.ts';
import { completeReturn, receiveReturn, requestReturn, type Returned } from './order-return.ts';

const now = new Date('2026-01-02T03:04:05Z');

const line = (lineId: string) =>
  fc
    .record({ quantity: fc.integer({ min: 1, max: 12 }), unit: fc.bigInt({ min: 0n, max: 10_000n }) })
    .chain(({ quantity, unit }) =>
      fc
        .record({
          discount: fc.bigInt({ min: 0n, max: unit * BigInt(quantity) }),
          tax: fc.bigInt({ min: 0n, max: 2_000n }),
        })
        .map((amounts) => sampleLine({ lineId, quantity, unit, ...amounts })),
    );

function paid(order: Order): Order {
  return confirm(order, '01890000-0000-7000-8000-000000000009', now);
}

function announce(order: Order, lineId: string, quantity: number): Returned {
  const request = { returnId: 'r', reason: 'unwanted', note: '', returnTime: now, actor: 'system' } as const;
  return requestReturn(order, { ...request, lines: [{ lineId, quantity }] }, now);
}

function receive({ order, orderReturn }: Returned, goodQuantity: number, damagedQuantity: number): Returned {
  const [first] = orderReturn.lines;
  const lines = [{ lineId: first?.lineId ?? '', goodQuantity, damagedQuantity }];
  const received = receiveReturn(order, orderReturn, lines, { receiveTime: now, now, actor: 'staff:1' });
  return completeReturn(received.order, received.orderReturn, now);
}

const thing = sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 100n, tax: 580n });

describe('returns', () => {
  it('never refund more than was captured, and all of it once all has come back', () => {
    const step = fc.record({
      lineIndex: fc.nat(2),
      quantity: fc.integer({ min: 1, max: 5 }),
      arrived: fc.nat(5),
    });
    fc.assert(
      fc.property(line('1'), line('2'), line('3'), fc.array(step, { maxLength: 30 }), (a, b, c, steps) => {
        let order = paid(sampleOrder([a, b, c], now));
        const refunds: Money[] = [];
        const giveBack = (lineId: string, quantity: number, arrived: number): void => {
          const done = receive(announce(order, lineId, quantity), arrived, 0);
          order = done.order;
          refunds.push(done.orderReturn.refund);
        };
        for (const { lineIndex, quantity, arrived } of steps) {
          const chosen = order.lines[lineIndex];
          if (chosen === undefined || chosen.returnedQuantity + quantity > chosen.quantity) continue;
          giveBack(chosen.lineId, quantity, Math.min(quantity, arrived));
          expect(order.refunded.compare(order.totals.total)).toBeLessThanOrEqual(0);
        }
        for (const { lineId, quantity, returnedQuantity } of order.lines)
          if (returnedQuantity < quantity)
            giveBack(lineId, quantity - returnedQuantity, quantity - returnedQuantity);
        expect(Money.sum('GBP', refunds).minor).toBe(order.totals.total.minor);
        expect(order.state).toBe('returned');
        expect(order.paymentState).toBe('refunded');
      }),
    );
  });

  it('refund a unit with its share of discount and tax', () => {
    const done = receive(announce(paid(sampleOrder([thing], now)), '1', 1), 0, 1);
    expect(done.orderReturn.lines[0]).toMatchObject({ damagedQuantity: 1, goodQuantity: 0 });
    expect(done.orderReturn.lines[0]?.net.minor).toBe(966n);
    expect(done.orderReturn.lines[0]?.tax.minor).toBe(194n);
    expect(done.order.state).toBe('partially-returned');
  });

  it('refuse more units than were bought and not yet announced', () => {
    const { order } = announce(paid(sampleOrder([thing], now)), '1', 2);
    expect(() => announce(order, '1', 2)).toThrow(
      expect.objectContaining({
        reason: 'RETURN_QUANTITY_EXCEEDED',
        metadata: { line_id: '1', requested: '2', returnable: '1' },
      }),
    );
  });

  it('free units again that were announced and did not arrive', () => {
    const { order } = receive(announce(paid(sampleOrder([thing], now)), '1', 3), 1, 0);
    expect(order.lines[0]).toMatchObject({ returnedQuantity: 1, refundedQuantity: 1 });
    expect(announce(order, '1', 2).orderReturn.lines[0]?.quantity).toBe(2);
  });

  it('change nothing but their own state when nothing arrives', () => {
    const { order, orderReturn } = receive(announce(paid(sampleOrder([thing], now)), '1', 3), 0, 0);
    expect(order).toMatchObject({ state: 'confirmed', paymentState: 'captured' });
    expect(orderReturn).toMatchObject({ state: 'completed' });
    expect(orderReturn.refund.isZero).toBe(true);
  });

  it('are received once', () => {
    const announced = announce(paid(sampleOrder([thing], now)), '1', 1);
    const times = { receiveTime: now, now, actor: 'staff:1' };
    const received = receiveReturn(announced.order, announced.orderReturn, [], times);
    expect(() => receiveReturn(received.order, received.orderReturn, [], times)).toThrow(
      expect.objectContaining({ reason: 'RETURN_STATE_FORBIDS' }),
    );
  });

  it('refuse lines that the order has not, or that come twice', () => {
    const order = paid(sampleOrder([thing], now));
    expect(() => announce(order, '7', 1)).toThrow(expect.objectContaining({ reason: 'LINE_UNKNOWN' }));
  });

  it('need a paid order, and bar its cancellation', () => {
    const pending = sampleOrder([thing], now);
    expect(() => announce(pending, '1', 1)).toThrow(expect.objectContaining({ reason: 'ORDER_IN_PROGRESS' }));
    const { order } = announce(paid(pending), '1', 1);
    expect(() => cancelWhole(order, { actor: 'system', reason: '', now })).toThrow(
      expect.objectContaining({ reason: 'ORDER_STATE_FORBIDS' }),
    );
    const { order: cancelled } = cancelWhole(paid(pending), { actor: 'system', reason: '', now });
    expect(() => announce(cancelled, '1', 1)).toThrow(
      expect.objectContaining({ reason: 'ORDER_STATE_FORBIDS' }),
    );
  });
});
