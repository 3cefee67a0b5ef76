import { describe, expect, it } from '@jest/globals';
import type { Money } from '@souk/kernel';
import fc from 'fast-check';
import { cancelLines, cancelWhole, completeCancellation } from './cancellation.ts';
import { confirm, type Order } from './order.ts';
import { sampleLine, sampleOrder } from './order.fixture.ts';
import { unshippedOf } from './order-line.ts';
import { completeReturn, receiveReturn, requestReturn } from './order-return.ts';
import { deliver, ship } from './ship.ts';

const now = new Date('2026-01-02T03:04:05Z');
const change = { actor: 'staff:1', reason: '', now };
const thing = sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 100n, tax: 580n });
const paid = (...lines: Parameters<typeof sampleOrder>[0]): Order =>
  confirm(sampleOrder(lines, now), 'p', now);

const anyLine = (lineId: string) =>
  fc
    .record({ quantity: fc.integer({ min: 1, max: 9 }), unit: fc.bigInt({ min: 0n, max: 9_999n }) })
    .chain(({ quantity, unit }) =>
      fc
        .record({
          discount: fc.bigInt({ min: 0n, max: unit * BigInt(quantity) }),
          tax: fc.bigInt({ min: 0n, max: 999n }),
        })
        .map((amounts) => sampleLine({ lineId, quantity, unit, ...amounts })),
    );

const request = {
  ...{ shipmentId: 's', locationId: '', shipTime: now },
  ...{ carrier: '', trackingNumber: '', trackingUrl: '' },
};

describe('cancellation of lines', () => {
  it('gives each unit its exact share, discount and tax included', () => {
    const first = cancelLines(paid(thing), [{ lineId: '1', quantity: 1 }], change);
    const second = cancelLines(first.order, [{ lineId: '1', quantity: 2 }], change);
    expect([first.refund.minor, second.refund.minor]).toEqual([1_160n, 2_320n]);
    expect(first.order).toMatchObject({ state: 'confirmed', lines: [{ cancelledQuantity: 1 }] });
    expect(second.order.state).toBe('cancelled');
  });

  it('refuses what was shipped, what is not there, and what comes twice', () => {
    const shipped = ship(
      paid(thing),
      [],
      { ...request, lines: [{ lineId: '1', quantity: 2 }] },
      change,
    ).order;
    const reasonOf = (units: readonly { lineId: string; quantity: number }[]): unknown => {
      try {
        return cancelLines(shipped, units, change) && undefined;
      } catch (error) {
        return error;
      }
    };
    expect(reasonOf([{ lineId: '1', quantity: 2 }])).toMatchObject({
      reason: 'LINE_SHIPPED',
      metadata: { cancellable: '1' },
    });
    expect(reasonOf([{ lineId: '7', quantity: 1 }])).toMatchObject({ reason: 'LINE_UNKNOWN' });
    expect(reasonOf([1, 1].map((quantity) => ({ lineId: '1', quantity })))).toMatchObject({
      reason: 'LINE_UNKNOWN',
    });
    expect(() => cancelWhole(shipped, change)).toThrow(expect.objectContaining({ reason: 'LINE_SHIPPED' }));
    expect(() => cancelLines(sampleOrder([thing], now), [], change)).toThrow(
      expect.objectContaining({ reason: 'ORDER_IN_PROGRESS' }),
    );
  });

  it('completes fulfilment when only shipped units are left', () => {
    const { order } = ship(paid(thing), [], { ...request, lines: [{ lineId: '1', quantity: 2 }] }, change);
    expect(order.fulfilmentState).toBe('partially-shipped');
    expect(cancelLines(order, [{ lineId: '1', quantity: 1 }], change).order.fulfilmentState).toBe('shipped');
  });
});

describe('money', () => {
  it('is paid back at most as it was captured, per line and in all, whatever is done (medusa#14136)', () => {
    const step = fc.record({
      kind: fc.constantFrom('cancel', 'ship', 'return'),
      line: fc.nat(2),
      quantity: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(
        anyLine('1'),
        anyLine('2'),
        anyLine('3'),
        fc.array(step, { maxLength: 25 }),
        (a, b, c, steps) => {
          let order = paid(a, b, c);
          const paidBack = new Map<string, bigint>();
          const note = (lineId: string, amount: Money): void => {
            paidBack.set(lineId, (paidBack.get(lineId) ?? 0n) + amount.minor);
          };
          const giveUp = (lineId: string, quantity: number): void => {
            const cancelled = cancelLines(order, [{ lineId, quantity }], change);
            for (const { line, total } of cancelled.lines) note(line.lineId, total);
            order = completeCancellation(cancelled.order, cancelled.refund, change);
          };
          const takeBack = (lineId: string, quantity: number): void => {
            const announced = requestReturn(
              order,
              {
                ...{ returnId: 'r', reason: 'unwanted', note: '', returnTime: now, actor: 'system' },
                lines: [{ lineId, quantity }],
              },
              now,
            );
            const times = { receiveTime: now, now, actor: 'staff:1' };
            const received = receiveReturn(announced.order, announced.orderReturn, [], times);
            const completed = completeReturn(received.order, received.orderReturn, now);
            for (const { total } of completed.orderReturn.lines) note(lineId, total);
            order = completed.order;
          };
          const isOpen = (): boolean => order.state === 'confirmed' || order.state === 'partially-returned';
          for (const { kind, line: index, quantity } of steps) {
            const line = order.lines[index];
            if (line === undefined || !isOpen()) continue;
            const { lineId } = line;
            const left = unshippedOf(line);
            if (kind === 'ship' && quantity <= left) {
              const sent = ship(order, [], { ...request, lines: [{ lineId, quantity }] }, change);
              order = deliver(sent.order, sent.shipment, now, change).order;
            }
            if (kind === 'cancel' && quantity <= left - line.returnedQuantity) giveUp(lineId, quantity);
            if (
              kind === 'return' &&
              quantity <= line.quantity - line.cancelledQuantity - line.returnedQuantity
            )
              takeBack(lineId, quantity);
            const sum = [...paidBack.values()].reduce((total, amount) => total + amount, 0n);
            expect(sum).toBe(order.refunded.minor);
            for (const { lineId: id, total } of order.lines)
              expect((paidBack.get(id) ?? 0n) <= total.minor).toBe(true);
          }
          for (const line of order.lines) {
            const cancellable = Math.max(0, unshippedOf(line) - line.returnedQuantity);
            if (isOpen() && cancellable > 0) giveUp(line.lineId, cancellable);
            const rest = order.lines.find(({ lineId }) => lineId === line.lineId);
            const left =
              rest === undefined ? 0 : rest.quantity - rest.cancelledQuantity - rest.returnedQuantity;
            if (isOpen() && left > 0) takeBack(line.lineId, left);
          }
          expect(order.refunded.minor).toBe(order.totals.total.minor);
          expect(['cancelled', 'returned']).toContain(order.state);
          for (const { lineId, total } of order.lines) expect(paidBack.get(lineId) ?? 0n).toBe(total.minor);
        },
      ),
    );
  });

  it('of an order is the sum of its lines', () => {
    fc.assert(
      fc.property(fc.array(anyLine('1'), { minLength: 1, maxLength: 20 }), (lines) => {
        const { totals } = sampleOrder(lines.map((line, index) => ({ ...line, lineId: String(index) })));
        expect(lines.reduce((sum, line) => sum + line.total.minor, 0n)).toBe(totals.total.minor);
        const { listAmount, discount, tax, total } = totals;
        expect(listAmount.minus(discount).plus(tax).minor).toBe(total.minor);
      }),
    );
  });
});
