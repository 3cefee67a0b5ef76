import { describe, expect, it } from '@jest/globals';
import { DomainError, newId } from '@souk/kernel';
import fc from 'fast-check';
import { receive } from './adjustment.ts';
import { fillBackorders, strikeOff } from './backorder.ts';
import type { Movement } from './movement.ts';
import { end, type HoldRules, hold, type Reservation } from './reservation.ts';
import {
  afterMovements,
  availableOf,
  DEFAULT_LOCATION,
  DEFAULT_TERMS,
  levelAt,
  replaceLevels,
  type StockLevel,
} from './stock.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const LIMIT = 6;
const RULES: HoldRules = {
  locations: [
    { locationId: DEFAULT_LOCATION, name: '', priority: 0, regionCode: '', isActive: true, version: 1n },
  ],
  kits: new Map(),
  strategy: 'priority',
  region: '',
  ttlMs: 1_000,
};

const opening: StockLevel = {
  ...DEFAULT_TERMS,
  backorderMode: 'backorder',
  backorderLimit: LIMIT,
  sku: 'A',
  locationId: DEFAULT_LOCATION,
  onHand: 0,
  reserved: 0,
  damaged: 0,
  incoming: 0,
  backordered: 0,
  version: 1n,
  position: 0n,
  updateTime: NOW,
};

type Step = readonly [
  'receive' | 'reserve' | 'commit' | 'release' | 'fill' | 'strike',
  units: number,
  pick: number,
];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('receive', 'reserve', 'commit', 'release', 'fill', 'strike'),
  fc.integer({ min: 1, max: 5 }),
  fc.nat(20),
);

describe('promises', () => {
  it('stay within their limit, are owed before anything is sold, and add up whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const stock = new Map<string, readonly StockLevel[]>([['A', [opening]]]);
        const reservations: Reservation[] = [];
        const post = (movements: readonly Movement[]): void => {
          replaceLevels(stock, afterMovements(stock, movements, NOW));
        };
        const level = (): StockLevel => levelAt(stock, 'A', DEFAULT_LOCATION) ?? opening;
        for (const [action, units, pick] of steps) {
          const at = reservations.length === 0 ? -1 : pick % reservations.length;
          const reservation = reservations[at];
          try {
            if (action === 'receive')
              post(
                receive(
                  stock,
                  {
                    lines: [{ sku: 'A', quantity: units }],
                    locationId: DEFAULT_LOCATION,
                    reference: '',
                  },
                  false,
                ),
              );
            else if (action === 'reserve') {
              const before = availableOf(level());
              const key = { orderId: newId(), reservationId: newId() };
              const made = hold(key, stock, [{ sku: 'A', quantity: units }], RULES, NOW);
              const promised = made.reservation.lines.reduce((sum, line) => sum + line.backordered, 0);
              expect(promised).toBe(Math.max(0, units - before));
              reservations.push(made.reservation);
              post(made.movements);
            } else if (reservation !== undefined) {
              const change =
                action === 'fill'
                  ? fillBackorders(reservation, stock)
                  : action === 'strike'
                    ? strikeOff(reservation, 'A', units)
                    : end(reservation, action === 'commit' ? 'committed' : 'released');
              const counts = reservation.state === 'held' || reservation.state === 'committed';
              if (change === undefined || (action === 'strike' && !counts)) continue;
              reservations[at] = change.reservation;
              post(change.movements);
            }
          } catch (refusal) {
            if (!(refusal instanceof DomainError)) throw refusal;
          }
          const sum = (state: Reservation['state'][], of: 'there' | 'owed'): number =>
            reservations
              .filter((one) => state.includes(one.state))
              .flatMap(({ lines }) => lines)
              .reduce(
                (total, line) =>
                  total + (of === 'owed' ? line.backordered : line.quantity - line.backordered),
                0,
              );
          expect(level().reserved).toBe(sum(['held'], 'there'));
          expect(level().backordered).toBe(sum(['held', 'committed'], 'owed'));
          expect(level().backordered).toBeLessThanOrEqual(LIMIT);
          expect(level().onHand).toBeGreaterThanOrEqual(level().reserved);
        }
      }),
    );
  });
});
