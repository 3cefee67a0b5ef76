import { describe, expect, it } from '@jest/globals';
import { cancelWhole } from './cancellation.ts';
import { confirm, markRefunded, type Order, refuse } from './order.ts';
import { ADDRESS, sampleLine, sampleOrder } from './order.fixture.ts';
import { isFinal, ORDER_MACHINE, type OrderState, requireTransition } from './order-state.ts';
import { requireDeliverable } from './postal-address.ts';

const now = new Date('2026-01-02T03:04:05Z');
const later = new Date('2026-01-02T03:05:05Z');
const thing = sampleLine({ lineId: '1', quantity: 3, unit: 1_000n, discount: 100n, tax: 580n });
const order = (): Order => sampleOrder([thing], now);
const STATES: readonly OrderState[] = [
  'pending',
  'confirmed',
  'rejected',
  'expired',
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
      'pending > expired',
      'confirmed > cancelled',
      'confirmed > partially-returned',
      'confirmed > returned',
      'partially-returned > returned',
    ]);
  });

  it('are final when nothing follows', () => {
    expect(STATES.filter(isFinal)).toEqual(['rejected', 'expired', 'cancelled', 'returned']);
    expect(Object.keys(ORDER_MACHINE.transitions)).toHaveLength(STATES.length);
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
    const change = { actor: 'staff:7', reason: 'asked by phone', now: later };
    const { order: cancelled } = cancelWhole(confirm(order(), 'p', later), change);
    expect(cancelled.version).toBe(3);
    const changes = cancelled.history.map(({ machine, from, to, actor, reason }) => [
      machine,
      from,
      to,
      actor,
      reason,
    ]);
    expect(changes).toEqual([
      ['order', undefined, 'pending', 'customer:01890000-0000-7000-8000-000000000002', ''],
      ['order', 'pending', 'confirmed', 'system', ''],
      ['payment', 'pending', 'captured', 'system', ''],
      ['order', 'confirmed', 'cancelled', 'staff:7', 'asked by phone'],
    ]);
  });

  it('is paid when it is confirmed, not before', () => {
    expect(order()).toMatchObject({ paymentState: 'pending', captureTime: undefined });
    expect(confirm(order(), 'p', later)).toMatchObject({
      state: 'confirmed',
      paymentState: 'captured',
      captureTime: later,
    });
  });

  it('is not confirmed after it was rejected', () => {
    const refusal = { reason: 'PAYMENT_DECLINED', message: 'declined', metadata: {} };
    const rejected = refuse(order(), 'rejected', refusal, 'nothing', later);
    expect(rejected.rejection?.reason).toBe('PAYMENT_DECLINED');
    expect(() => confirm(rejected, 'p', later)).toThrow(
      expect.objectContaining({ reason: 'ORDER_STATE_FORBIDS' }),
    );
  });

  it('never refunds more than its total', () => {
    const paid = confirm(order(), 'p', later);
    const change = { actor: 'system', reason: '', now: later };
    const once = markRefunded(paid, paid.totals.total, change);
    expect(once.paymentState).toBe('refunded');
    expect(() => markRefunded(once, paid.totals.tax, change)).toThrow(RangeError);
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
