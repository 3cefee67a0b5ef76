import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import { assess, type CartQuote } from './assessment.ts';
import type { Cart, CartLine } from './cart.ts';

const time = new Date(0);
const line = (sku: string, quantity: number): CartLine => ({
  sku,
  quantity,
  productId: '',
  title: sku,
  createTime: time,
});
const cart = (...lines: CartLine[]): Cart => ({
  id: 'cart',
  version: 1n,
  currency: 'GBP',
  country: 'GB',
  lines,
  createTime: time,
  updateTime: time,
  expireTime: time,
});
const zero = Money.zero('GBP');
const amounts = { unitPrice: zero, list: zero, discount: zero, tax: zero, total: zero };
const quote = (...skus: string[]): CartQuote => ({
  lines: new Map(skus.map((sku) => [sku, amounts])),
  totals: amounts,
  promotions: [],
});

describe('assess', () => {
  it.each([
    [5n, []],
    [2n, []],
    [1n, [{ kind: 'partly-available', available: 1n }]],
    [0n, [{ kind: 'out-of-stock' }]],
    [-1n, [{ kind: 'out-of-stock' }]],
    [undefined, [{ kind: 'out-of-stock' }]],
  ])('compares two units with stock of %p', (available, problems) => {
    const stock = new Map(available === undefined ? [] : [['LAMP', available]]);
    expect(assess(cart(line('LAMP', 2)), quote('LAMP'), stock).lines[0]?.problems).toEqual(problems);
  });

  it('says which lines have no price', () => {
    const { lines, problems } = assess(
      cart(line('A', 1), line('B', 1)),
      quote('A'),
      new Map([
        ['A', 9n],
        ['B', 9n],
      ]),
    );
    expect(lines.map(({ amounts: priced, problems: found }) => [priced !== undefined, found])).toEqual([
      [true, []],
      [false, [{ kind: 'no-price' }]],
    ]);
    expect(problems).toEqual([]);
  });

  it('shows the cart without what could not be asked', () => {
    const { lines, totals, problems } = assess(cart(line('A', 1)), undefined, undefined);
    expect(lines).toMatchObject([{ sku: 'A', amounts: undefined, problems: [] }]);
    expect(totals).toBeUndefined();
    expect(problems).toEqual(['prices-unavailable', 'stock-unchecked']);
  });
});
