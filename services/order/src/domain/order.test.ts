import { describe, expect, it } from '@jest/globals';
import { cancel, confirm, markPaid, markRefunded, type Order, reject } from './order.ts';
import { ADDRESS, sampleLine, sampleOrder } from './order.fixture.ts';
import { isFinal, ORDER_TRANSITIONS, type OrderState, requireTransition } from './order-state.ts';
import { requireDeliverable } from './postal-address.ts';

const now = new Date('2026-01-02T03:04:05Z');
const later = new Date('2026-01-02T03:05:05Z');
const thing = sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 100n, tax: 580n });
const order = (): Order => sampleOrder([thing], now);
const STATES: readonly OrderState[] = [
  'pending',
  'confirmed',
  'rejected',
  'cancelled',
  'partially-returned',
  'returned',
];

describe('order states', () => {
  it('allow the transitions that the contract names, and no others', () => {
    const allowed = STATES.flatMap((from) =>
      STATES.filter((to) => {
        try {
          requireTransition('o', from, to);
          return true;
        } catch {
          return false;
        }
      }).map((to) => `${from} > ${to}`),
    );
    expect(allowed).toEqual([
      'pending > confirmed',
      'pending > rejected',
      'confirmed > cancelled',
      'confirmed > partially-returned',
      'confirmed > returned',
      'partially-returned > returned',
    ]);
  });

  it('are final when nothing follows', () => {
    expect(STATES.filter(isFinal)).toEqual(['rejected', 'cancelled', 'returned']);
    expect(Object.keys(ORDER_TRANSITIONS)).toHaveLength(STATES.length);
  });
});

describe('order', () => {
  it('sums its lines', () => {
    const { totals } = order();
    expect(totals.listAmount.minor).toBe(3_000n);
    expect(totals.total.minor).toBe(3_480n);
  });

  it('refuses lines whose amounts do not add up', () => {
    expect(() => sampleOrder([{ ...thing, total: thing.listAmount }])).toThrow(RangeError);
    expect(() => sampleOrder([{ ...thing, discount: thing.discount.negate() }])).toThrow(RangeError);
  });

  it('counts versions and keeps who changed its state, when and why', () => {
    const cancelled = cancel(
      markPaid(confirm(order(), 'p', later), later),
      'staff:7',
      'asked by phone',
      later,
    );
    expect(cancelled.version).toBe(4);
    expect(cancelled.history.map(({ from, to, actor, reason }) => [from, to, actor, reason])).toEqual([
      [undefined, 'pending', 'customer:01890000-0000-7000-8000-000000000002', ''],
      ['pending', 'confirmed', 'system', ''],
      ['confirmed', 'cancelled', 'staff:7', 'asked by phone'],
    ]);
  });

  it('is paid when the payment is captured, not when it is authorised', () => {
    const confirmed = confirm(order(), 'p', later);
    expect(confirmed).toMatchObject({
      state: 'confirmed',
      paymentState: 'authorized',
      captureTime: undefined,
    });
    expect(markPaid(confirmed, later)).toMatchObject({ paymentState: 'captured', captureTime: later });
  });

  it('is not confirmed after it was rejected', () => {
    const rejected = reject(
      order(),
      { reason: 'PAYMENT_DECLINED', message: 'declined', metadata: {} },
      later,
    );
    expect(rejected.rejection?.reason).toBe('PAYMENT_DECLINED');
    expect(() => confirm(rejected, 'p', later)).toThrow(
      expect.objectContaining({ reason: 'ORDER_STATE_FORBIDS' }),
    );
  });

  it('never refunds more than its total', () => {
    const paid = markPaid(confirm(order(), 'p', later), later);
    const once = markRefunded(paid, paid.totals.total, later);
    expect(once.paymentState).toBe('refunded');
    expect(() => markRefunded(once, paid.totals.tax, later)).toThrow(RangeError);
  });
});

describe('requireDeliverable', () => {
  it.each([
    ['region_code', { regionCode: 'uk' }],
    ['locality', { locality: ' ' }],
    ['address_lines', { addressLines: [''] }],
    ['postal_code', { postalCode: 'x'.repeat(201) }],
  ])('names the part that is wrong: %s', (part, change) => {
    expect(() => requireDeliverable({ ...ADDRESS, ...change }, 'shipping_address')).toThrow(
      expect.objectContaining({ reason: 'ADDRESS_INVALID', metadata: { field: `shipping_address.${part}` } }),
    );
  });

  it('accepts an ordinary address', () => {
    expect(() => requireDeliverable(ADDRESS, 'shipping_address')).not.toThrow();
  });
});
