import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from './allocation.ts';
import { alertsOf } from './alert.ts';
import type { AllocationStrategy, Location } from './location.ts';
import { availableOf, DEFAULT_TERMS, type StockLevel, stockOf } from './stock.ts';

const SKUS = ['A', 'B', 'C'];
const PLACES = ['p', 'q', 'r', 's'];
const LOCATIONS: Location[] = PLACES.map((locationId, priority) => ({
  locationId,
  name: locationId,
  priority,
  regionCode: '',
  isActive: locationId !== 's',
  version: 1n,
}));
const STRATEGIES: readonly AllocationStrategy[] = ['priority', 'highest-stock', 'fewest-splits'];

const level = (
  sku: string,
  locationId: string,
  onHand: number,
  terms: Partial<StockLevel> = {},
): StockLevel => ({
  ...DEFAULT_TERMS,
  sku,
  locationId,
  onHand,
  reserved: 0,
  damaged: 0,
  incoming: 0,
  backordered: 0,
  version: 1n,
  position: 0n,
  updateTime: new Date(0),
  ...terms,
});

const levels = fc
  .tuple(...SKUS.flatMap((sku) => PLACES.map((place) => fc.nat(9).map((units) => level(sku, place, units)))))
  .map((all) => [...all]);
const demand = fc
  .dictionary(fc.constantFrom(...SKUS), fc.integer({ min: 1, max: 15 }), { minKeys: 1 })
  .map((wanted) => new Map(Object.entries(wanted)));

describe('allocation', () => {
  it('gives exactly what is wanted or refuses, from serving locations that have it (medusa#14987)', () => {
    fc.assert(
      fc.property(levels, demand, fc.constantFrom(...STRATEGIES), (all, wanted, strategy) => {
        const stock = stockOf(all);
        const total = (sku: string): number =>
          all
            .filter((one) => one.sku === sku && one.locationId !== 's')
            .reduce((sum, one) => sum + availableOf(one), 0);
        const isPossible = [...wanted].every(([sku, units]) => total(sku) >= units);
        const run = (): ReturnType<typeof allocate> =>
          allocate(stock, wanted, { locations: LOCATIONS, strategy, region: '' });
        if (!isPossible) {
          expect(run).toThrow('can be sold');
          return;
        }
        const picks = run();
        for (const [sku, units] of wanted) {
          const own = picks.filter((pick) => pick.sku === sku);
          expect(own.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(units);
          for (const { locationId, quantity } of own) {
            expect(locationId).not.toBe('s');
            const there = all.find((one) => one.sku === sku && one.locationId === locationId);
            expect(quantity).toBeLessThanOrEqual(there === undefined ? 0 : availableOf(there));
          }
          // Whoever can serve a SKU alone does: it is split only when nobody can.
          const single = all.some(
            (one) => one.sku === sku && one.locationId !== 's' && availableOf(one) >= units,
          );
          if (single) expect(own).toHaveLength(1);
        }
      }),
    );
  });

  it('with fewest splits uses one location when one can serve the whole order', () => {
    fc.assert(
      fc.property(levels, demand, (all, wanted) => {
        const serves = (place: string): boolean =>
          [...wanted].every(([sku, units]) =>
            all.some((one) => one.sku === sku && one.locationId === place && availableOf(one) >= units),
          );
        fc.pre(['p', 'q', 'r'].some(serves));
        const picks = allocate(stockOf(all), wanted, {
          locations: LOCATIONS,
          strategy: 'fewest-splits',
          region: '',
        });
        expect(new Set(picks.map(({ locationId }) => locationId)).size).toBe(1);
      }),
    );
  });
});

describe('alerts', () => {
  it('are told once per crossing', () => {
    const of = (units: number): StockLevel[] => [level('A', 'p', units, { lowStockAt: 3, overstockAt: 8 })];
    const kinds = (...path: number[]): string[] =>
      path
        .slice(1)
        .flatMap((units, index) => alertsOf(of(path[index] ?? 0), of(units)).map(({ kind }) => kind));
    expect(kinds(5, 4, 3, 2, 1, 0, 0, 2, 5)).toEqual(['low-stock', 'out-of-stock', 'back-in-stock']);
    expect(kinds(5, 8, 9, 12, 8, 9)).toEqual(['overstock', 'overstock']);
    expect(kinds(5, 0)).toEqual(['out-of-stock']);
  });

  it('are not told of what was never there', () => {
    expect(alertsOf([level('A', 'p', 0, { version: 0n })], [level('A', 'p', 5)])).toEqual([]);
  });
});
