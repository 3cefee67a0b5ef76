import { describe, expect, it } from '@jest/globals';
import { priceAt } from './sku-price.ts';

const window = (unitMinor: number, from?: string, to?: string) => ({
  unitMinor,
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
});
const list = (priceListId: string, windows: ReturnType<typeof window>[], currency = 'GBP') => ({
  priceListId,
  sku: 'MUG',
  currency,
  version: 1,
  windows,
});

describe('priceAt', () => {
  it('takes the cheapest list at the moment, whose end is not part of its window', () => {
    const prices = [
      list('retail', [window(500, undefined, '2011-01-01'), window(400, '2011-01-01')]),
      list('sale', [window(300, '2011-02-01', '2011-03-01')]),
      list('abroad', [window(1)], 'EUR'),
    ];
    expect(priceAt(prices, 'GBP', new Date('2010-12-31'))).toBe(500);
    expect(priceAt(prices, 'GBP', new Date('2011-01-01'))).toBe(400);
    expect(priceAt(prices, 'GBP', new Date('2011-02-15'))).toBe(300);
    expect(priceAt(prices, 'USD', new Date('2011-02-15'))).toBeUndefined();
  });
});
