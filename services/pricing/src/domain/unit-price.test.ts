import { describe, expect, it } from '@jest/globals';
import type { PriceList } from './price-list.ts';
import { type ListPrice, priceBreaks, unitPriceFor } from './unit-price.ts';

const list = (id: string, currency = 'GBP', countries: string[] = []): [string, PriceList] => [
  id,
  { id, title: id, currency, countries },
];
const lists = new Map([
  list('retail'),
  list('wholesale'),
  list('ireland', 'GBP', ['IE']),
  list('euro', 'EUR'),
]);
const price = (
  priceListId: string,
  tiers: [number, bigint][],
  from = -Infinity,
  to = Infinity,
): ListPrice => ({
  priceListId,
  windows: [{ from, to, tiers: tiers.map(([minQuantity, unitPrice]) => ({ minQuantity, unitPrice })) }],
});
const context = { currency: 'GBP', country: 'GB', time: 1_000 };

describe('unitPriceFor', () => {
  const tiered = [
    price('retail', [
      [1, 255n],
      [12, 210n],
      [96, 180n],
    ]),
  ];

  it.each([
    [1, 255n, 1],
    [11, 255n, 1],
    [12, 210n, 12],
    [95, 210n, 12],
    [1_000, 180n, 96],
  ])('gives %i units the tier they reach', (quantity, unitPrice, minQuantity) => {
    expect(unitPriceFor(tiered, lists, context, quantity)).toEqual({
      unitPrice,
      minQuantity,
      priceListId: 'retail',
    });
  });

  it('has no price below the first tier, outside the validity, or without a list that applies', () => {
    expect(unitPriceFor([price('retail', [[6, 100n]])], lists, context, 5)).toBeUndefined();
    expect(unitPriceFor([price('retail', [[1, 100n]], 2_000)], lists, context, 5)).toBeUndefined();
    expect(unitPriceFor([price('retail', [[1, 100n]], 0, 1_000)], lists, context, 5)).toBeUndefined();
    expect(unitPriceFor([price('ireland', [[1, 100n]])], lists, context, 5)).toBeUndefined();
    expect(unitPriceFor([price('euro', [[1, 100n]])], lists, context, 5)).toBeUndefined();
    expect(unitPriceFor([price('gone', [[1, 100n]])], lists, context, 5)).toBeUndefined();
  });

  it('takes the cheapest list, and of equally cheap ones the first by id, whatever their order', () => {
    const prices = [
      price('wholesale', [[1, 90n]]),
      price('retail', [[1, 90n]]),
      price('ireland', [[1, 95n]]),
    ];
    for (const order of [prices, [...prices].reverse()]) {
      expect(unitPriceFor(order, lists, context, 1)?.priceListId).toBe('retail');
      expect(unitPriceFor(order, lists, { ...context, country: 'IE' }, 1)?.unitPrice).toBe(90n);
    }
  });
});

describe('priceBreaks', () => {
  it('shows the winning price from each quantity at which it changes', () => {
    const prices = [
      price('retail', [
        [1, 255n],
        [12, 210n],
      ]),
      price('wholesale', [
        [10, 220n],
        [12, 215n],
        [100, 150n],
      ]),
    ];
    expect(priceBreaks(prices, lists, context)).toEqual([
      { minQuantity: 1, unitPrice: 255n, priceListId: 'retail' },
      { minQuantity: 10, unitPrice: 220n, priceListId: 'wholesale' },
      { minQuantity: 12, unitPrice: 210n, priceListId: 'retail' },
      { minQuantity: 100, unitPrice: 150n, priceListId: 'wholesale' },
    ]);
  });
});
