import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import type { Promotion } from './promotion.ts';
import { type LineToPrice, type PriceBook, priceLines, taxKey } from './quote.ts';

const NOW = 1_000;
const CURRENCIES = ['GBP', 'JPY', 'KWD', 'CLF'];

function bookOf(
  currency: string,
  prices: Record<string, bigint>,
  promotions: Promotion[],
  rate = 2_000,
): PriceBook {
  const schedule = (
    taxClass: string,
    basisPoints: number,
  ): [string, PriceBook['taxes'] extends ReadonlyMap<string, infer S> ? S : never] => [
    taxKey('GB', taxClass),
    { country: 'GB', taxClass, rates: [{ from: -Infinity, basisPoints }] },
  ];
  return {
    lists: new Map([['retail', { id: 'retail', title: 'Retail', currency, countries: [] }]]),
    prices: new Map(
      Object.entries(prices).map(([sku, unitPrice]) => [
        sku,
        [
          {
            priceListId: 'retail',
            windows: [
              {
                from: -Infinity,
                to: Infinity,
                tiers: [
                  { minQuantity: 1, unitPrice },
                  { minQuantity: 50, unitPrice: (unitPrice * 9n) / 10n },
                ],
              },
            ],
          },
        ],
      ]),
    ),
    promotions,
    taxClasses: new Map([['BOOK', 'zero']]),
    taxes: new Map([schedule('standard', rate), schedule('zero', 0)]),
  };
}

const promotion = (
  id: string,
  threshold: Money,
  basisPoints: number,
  own: Partial<Promotion> = {},
): Promotion => ({
  id,
  title: id,
  threshold,
  basisPoints,
  from: -Infinity,
  to: Infinity,
  paused: false,
  ...own,
});
const gbp = (minor: number): Money => Money.of('GBP', minor);
const context = { currency: 'GBP', country: 'GB', time: NOW };
const line = (sku: string, quantity: number, lineId = sku): LineToPrice => ({ lineId, sku, quantity });

describe('priceLines', () => {
  it('prices, discounts and taxes each line', () => {
    const book = bookOf('GBP', { LAMP: 999n, BOOK: 501n }, [promotion('ten', gbp(2_000), 1_000)]);
    const { lines, totals } = priceLines([line('LAMP', 2), line('BOOK', 1)], context, book);
    // 10 % of 24.99 is 2.499, rounded to 2.50: 1.999 and 0.501 of it fall to the lines.
    expect(lines.map(({ discount }) => discount.minor)).toEqual([200n, 50n]);
    expect(lines.map(({ tax }) => tax.minor)).toEqual([360n, 0n]); // 20 % of 17.98 is 3.596
    expect(totals.total).toEqual(gbp(2_499 - 250 + 360));
  });

  it('counts lines of one SKU together for the tier', () => {
    const book = bookOf('GBP', { LAMP: 100n }, []);
    const { lines } = priceLines([line('LAMP', 30, 'a'), line('LAMP', 20, 'b')], context, book);
    expect(lines.map(({ unitPrice }) => unitPrice.minor)).toEqual([90n, 90n]);
  });

  it('grants only the promotion that takes off most, if the amount reaches its threshold in time', () => {
    const book = bookOf('GBP', { LAMP: 1_000n }, [
      promotion('small', gbp(0), 500),
      promotion('best', gbp(2_000), 1_000),
      promotion('higher', gbp(2_001), 2_000),
      promotion('paused', gbp(0), 3_000, { paused: true }),
      promotion('over', gbp(0), 3_000, { to: NOW }),
      promotion('soon', gbp(0), 3_000, { from: NOW + 1 }),
      promotion('euro', Money.zero('EUR'), 3_000),
    ]);
    const granted = (quantity: number): string[] =>
      priceLines([line('LAMP', quantity)], context, book).discounts.map((discount) => discount.promotion.id);
    expect([1, 2, 3].map(granted)).toEqual([['small'], ['best'], ['higher']]);
  });

  it('leaves lines without a price aside and prices the rest', () => {
    const book = bookOf('GBP', { LAMP: 100n }, []);
    const { lines, unpriced, totals } = priceLines([line('X', 1), line('LAMP', 1)], context, book);
    expect(lines.map(({ sku }) => sku)).toEqual(['LAMP']);
    expect(unpriced.map(({ sku }) => sku)).toEqual(['X']);
    expect(totals.list.minor).toBe(100n);
  });

  it('refuses two lines with one id', () => {
    expect(() => priceLines([line('A', 1, 'x'), line('B', 1, 'x')], context, bookOf('GBP', {}, []))).toThrow(
      expect.objectContaining({ reason: 'LINE_ID_REPEATED' }),
    );
  });

  const cases = fc.record({
    currency: fc.constantFrom(...CURRENCIES),
    prices: fc.array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 8 }),
    lines: fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 30 }),
    offers: fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 10_000 })), { maxLength: 4 }),
    rate: fc.integer({ min: 0, max: 10_000 }),
  });
  const build = ({
    currency,
    prices,
    lines,
    offers,
    rate,
  }: typeof cases extends fc.Arbitrary<infer C> ? C : never) => ({
    lines: lines.map(([sku, quantity], index) => line(`S${sku}`, quantity, `L${index}`)),
    context: { ...context, currency },
    book: bookOf(
      currency,
      Object.fromEntries(prices.map((price, index) => [`S${index}`, price])),
      offers.map(([threshold, points], index) =>
        promotion(`p${index}`, Money.of(currency, threshold), points),
      ),
      rate,
    ),
  });

  it('adds up to the minor unit in every currency', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { lines, context: when, book } = build(input);
        const priced = priceLines(lines, when, book);
        const { totals } = priced;
        for (const priceLine of priced.lines) {
          expect(priceLine.list).toEqual(priceLine.unitPrice.times(priceLine.quantity));
          expect(priceLine.net).toEqual(priceLine.list.minus(priceLine.discount));
          expect(priceLine.total).toEqual(priceLine.net.plus(priceLine.tax));
          expect(priceLine.discount.isNegative || priceLine.net.isNegative).toBe(false);
        }
        expect(totals.total).toEqual(
          Money.sum(
            when.currency,
            priced.lines.map(({ total }) => total),
          ),
        );
        expect(totals.total).toEqual(totals.list.minus(totals.discount).plus(totals.tax));
        expect(totals.discount).toEqual(
          Money.sum(
            when.currency,
            priced.discounts.map(({ amount }) => amount),
          ),
        );
        expect(priced.lines.length + priced.unpriced.length).toBe(lines.length);
      }),
    );
  });

  it('does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), (input, random) => {
        const { lines, context: when, book } = build(input);
        const keyed = lines.map((entry, index) => ({ entry, key: random[index] ?? 0 }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
        const byId = (of: LineToPrice[]): Map<string, unknown> =>
          new Map(priceLines(of, when, book).lines.map((priced) => [priced.lineId, priced] as const));
        expect(byId(shuffled)).toEqual(byId(lines));
        expect(priceLines(shuffled, when, book).totals).toEqual(priceLines(lines, when, book).totals);
      }),
    );
  });
});
