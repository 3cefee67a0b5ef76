import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlay, type PriceWindow, sameWindows, windowAt } from './price-window.ts';

const at = (price: number): PriceWindow['tiers'] => [{ minQuantity: 1, unitPrice: BigInt(price) }];
const priceAt = (windows: readonly PriceWindow[], time: number): bigint | undefined =>
  windowAt(windows, time)?.tiers[0]?.unitPrice;

const anyWindow = fc
  .tuple(
    fc.oneof(fc.constant(-Infinity), fc.integer({ min: 0, max: 50 })),
    fc.oneof(fc.constant(Infinity), fc.integer({ min: 51, max: 100 }), fc.integer({ min: 1, max: 50 })),
    fc.integer({ min: 1, max: 3 }),
  )
  .filter(([from, to]) => from < to)
  .map(([from, to, price]): PriceWindow => ({ from, to, tiers: at(price) }));

describe('overlay', () => {
  it('cuts what was there where the two overlap and leaves the rest', () => {
    const list = overlay([], { from: -Infinity, to: Infinity, tiers: at(100) });
    const sale = overlay(list, { from: 10, to: 20, tiers: at(80) });
    expect(sale.map(({ from, to }) => [from, to])).toEqual([
      [-Infinity, 10],
      [10, 20],
      [20, Infinity],
    ]);
    expect([9, 10, 19, 20].map((time) => priceAt(sale, time))).toEqual([100n, 80n, 80n, 100n]);
  });

  it('makes the last window set the one that holds, at every instant', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 20 }), fc.integer({ min: -10, max: 110 }), (set, time) => {
        const windows = set.reduce<readonly PriceWindow[]>(overlay, []);
        const expected = set.findLast(({ from, to }) => from <= time && time < to);
        expect(priceAt(windows, time)).toBe(expected?.tiers[0]?.unitPrice);
      }),
    );
  });

  it('keeps windows ordered, apart, and free of neighbours that say the same', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 20 }), (set) => {
        const windows = set.reduce<readonly PriceWindow[]>(overlay, []);
        for (const [index, window] of windows.entries()) {
          const next = windows[index + 1];
          if (next === undefined) continue;
          expect(window.to).toBeLessThanOrEqual(next.from);
          if (window.to === next.from) expect(window.tiers).not.toEqual(next.tiers);
        }
      }),
    );
  });

  it('changes nothing when what is set holds already', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 20 }), (set) => {
        const windows = set.reduce<readonly PriceWindow[]>(overlay, []);
        const last = set.at(-1);
        expect(last !== undefined && sameWindows(overlay(windows, last), windows)).toBe(true);
      }),
    );
  });
});
