import { describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import fc from 'fast-check';
import { orderIdsOf, orderNumberOf } from './order-number.ts';

describe('order numbers', () => {
  it('stand for a range of ids that holds the order’s own', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (orderId) => {
        const range = orderIdsOf(orderNumberOf(orderId));
        expect(range && range.first <= orderId && orderId <= range.last).toBe(true);
        expect(range && orderNumberOf(range.first)).toBe(orderNumberOf(orderId));
        expect(range && orderNumberOf(range.last)).toBe(orderNumberOf(orderId));
      }),
    );
  });

  it('are short, sorted by time, and different for different orders', () => {
    const numbers = Array.from({ length: 50 }, () => orderNumberOf(newId()));
    expect(numbers[0]).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}$/);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(orderNumberOf('01890000-0000-7000-8000-000000000001') < (numbers[0] ?? '')).toBe(true);
  });

  it('are read as people write them', () => {
    const orderId = '01890000-0000-7000-8000-000000000001';
    const written = orderNumberOf(orderId);
    expect(orderIdsOf(written.toLowerCase().replaceAll('-', ''))).toEqual(orderIdsOf(written));
    expect(orderIdsOf(written.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(orderIdsOf(written));
    expect(orderIdsOf('not a number')).toBeUndefined();
    expect(orderIdsOf('UUUUU-UUUUU-UUUU')).toBeUndefined();
  });
});
