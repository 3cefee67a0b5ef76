import { describe, expect, it } from '@jest/globals';
import { DomainError, newId } from '@souk/kernel';
import fc from 'fast-check';
import type { Movement } from './movement.ts';
import { end, extended, type HoldRules, hold, type Reservation, type ReservationKey } from './reservation.ts';
import {
  afterMovements,
  availableOf,
  DEFAULT_LOCATION,
  DEFAULT_TERMS,
  levelAt,
  replaceLevels,
  type StockLevel,
} from './stock.ts';

const RULES: HoldRules = {
  locations: [
    { locationId: DEFAULT_LOCATION, name: '', priority: 0, regionCode: '', isActive: true, version: 1n },
  ],
  kits: new Map(),
  strategy: 'priority',
  region: '',
  ttlMs: 1_000,
};
const NOW = new Date('2026-01-01T00:00:00Z');
const SKUS = ['A', 'B', 'C'];

const keyOf = (): ReservationKey => ({ orderId: newId(), reservationId: newId() });

const empty = (sku: string, onHand: number): StockLevel => ({
  sku,
  locationId: DEFAULT_LOCATION,
  onHand,
  reserved: 0,
  damaged: 0,
  incoming: 0,
  backordered: 0,
  ...DEFAULT_TERMS,
  version: 0n,
  position: 0n,
  updateTime: NOW,
});

type Step =
  | { readonly do: 'reserve'; readonly lines: { sku: string; quantity: number }[] }
  | { readonly do: 'end'; readonly pick: number; readonly as: 'committed' | 'released' | 'expired' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('reserve' as const),
    lines: fc.array(fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  fc.record({
    do: fc.constant('end' as const),
    pick: fc.nat(20),
    as: fc.constantFrom('committed' as const, 'released' as const, 'expired' as const),
  }),
);

describe('reservations', () => {
  it('never oversell, and the ledger always explains the stock', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.array(step, { maxLength: 60 }), (opening, steps) => {
        const stock = new Map(
          SKUS.map((sku): [string, readonly StockLevel[]] => [sku, [empty(sku, opening)]]),
        );
        const ledger: Movement[] = [];
        const reservations: Reservation[] = [];
        const post = (movements: readonly Movement[]): void => {
          ledger.push(...movements);
          replaceLevels(stock, afterMovements(stock, movements, NOW));
        };
        for (const next of steps) {
          try {
            if (next.do === 'reserve') {
              const { reservation, movements } = hold(keyOf(), stock, next.lines, RULES, NOW);
              reservations.push(reservation);
              post(movements);
            } else if (reservations.length > 0) {
              const at = next.pick % reservations.length;
              const reservation = reservations[at];
              const change = reservation && end(reservation, next.as);
              if (change !== undefined) {
                reservations[at] = change.reservation;
                post(change.movements);
              }
            }
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          for (const sku of SKUS) {
            const level = levelAt(stock, sku, DEFAULT_LOCATION) ?? empty(sku, 0);
            const held = reservations
              .filter((reservation) => reservation.state === 'held')
              .flatMap((reservation) => reservation.lines)
              .filter((line) => line.sku === sku)
              .reduce((sum, line) => sum + line.quantity, 0);
            const entries = ledger.filter((entry) => entry.sku === sku);
            expect(availableOf(level)).toBeGreaterThanOrEqual(0);
            expect(level.reserved).toBe(held);
            expect(level.onHand).toBe(opening + entries.reduce((sum, entry) => sum + entry.onHandDelta, 0));
            expect(level.reserved).toBe(entries.reduce((sum, entry) => sum + entry.reservedDelta, 0));
          }
        }
      }),
    );
  });

  it('hold the sum of lines with the same SKU', () => {
    const stock = new Map([['A', [empty('A', 3)]]]);
    const wanted = [
      { sku: 'A', quantity: 2 },
      { sku: 'A', quantity: 2 },
    ];
    expect(() => hold(keyOf(), stock, wanted, RULES, NOW)).toThrow('Only 3 of A can be sold.');
    stock.set('A', [empty('A', 4)]);
    expect(hold(keyOf(), stock, wanted, RULES, NOW).reservation.lines).toEqual([
      { lineId: '', kitSku: '', sku: 'A', locationId: DEFAULT_LOCATION, quantity: 4, backordered: 0 },
    ]);
  });

  it('end once; the same end again changes nothing', () => {
    const stock = new Map([['A', [empty('A', 4)]]]);
    const { reservation } = hold(keyOf(), stock, [{ sku: 'A', quantity: 1 }], RULES, NOW);
    const committed = end(reservation, 'committed')?.reservation;
    expect(committed?.state).toBe('committed');
    expect(committed && end(committed, 'committed')).toBeUndefined();
    expect(() => committed && end(committed, 'released')).toThrow('has been sold');
    const later = extended(reservation, NOW, 5_000);
    expect(later.expireTime).toEqual(new Date(NOW.getTime() + 5_000));
    expect(extended(later, NOW, 1_000)).toBe(later);
    expect(() => committed && extended(committed, NOW, 9_000)).toThrow('has been sold');
    const expired = end(reservation, 'expired')?.reservation;
    expect(expired && end(expired, 'released')).toBeUndefined();
    expect(() => expired && end(expired, 'committed')).toThrow('out of time');
  });
});
