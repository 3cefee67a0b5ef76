import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { Calendar } from './calendar.ts';
import { factsOfRefund, factsOfSale, type SaleEvent } from './sales-fact.ts';

const event: SaleEvent = {
  eventId: 'e1',
  orderId: 'o1',
  country: 'GB',
  currency: 'GBP',
  time: new Date('2011-12-01T23:30:00Z'),
  occurTime: new Date('2026-01-01T00:00:00Z'),
};
const gbp = (minor: bigint): Money => Money.of('GBP', minor);
const amount = fc.bigInt({ min: 0n, max: 1n << 50n });

describe('sales facts', () => {
  it('lose no penny and no unit, and count an order once', () => {
    const line = fc.record({
      sku: fc.constantFrom('A', 'B', 'C'),
      quantity: fc.integer({ min: 1, max: 1_000 }),
      gross: amount.map(gbp),
      discount: amount.map(gbp),
      tax: amount.map(gbp),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const facts = factsOfSale(new Calendar('UTC'), event, lines);
        const total = (of: (item: (typeof lines)[number]) => bigint): bigint =>
          lines.reduce((sum, item) => sum + of(item), 0n);
        const summed = (field: 'gross' | 'discount' | 'tax' | 'units' | 'orders'): bigint =>
          facts.reduce((sum, fact) => sum + fact[field], 0n);
        expect(summed('gross')).toBe(total(({ gross }) => gross.minor));
        expect(summed('discount')).toBe(total(({ discount }) => discount.minor));
        expect(summed('tax')).toBe(total(({ tax }) => tax.minor));
        expect(summed('units')).toBe(total(({ quantity }) => BigInt(quantity)));
        expect(summed('orders')).toBe(1n);
        expect(new Set(facts.map((fact) => fact.factId)).size).toBe(facts.length);
      }),
    );
  });

  it("fall on the merchant's day and take refunds off", () => {
    const lines = [{ sku: 'A', quantity: 2, net: gbp(500n), tax: gbp(100n) }];
    expect(factsOfRefund(new Calendar('Europe/Athens'), event, lines)).toEqual([
      expect.objectContaining({ day: '2011-12-02', refund: 500n, tax: -100n, returnedUnits: 2n, orders: 0n }),
    ]);
  });
});
