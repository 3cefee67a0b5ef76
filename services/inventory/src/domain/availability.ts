import type { KitComponent } from './location.ts';
import { type BackorderMode, backorderableOf, availableOf, type StockLevel } from './stock.ts';

/** How much of a SKU can be sold, over all locations. */
export interface Availability {
  readonly sku: string;
  readonly available: number;
  /** Units that can be promised beyond that. */
  readonly backorderable: number;
  readonly backorderMode: BackorderMode;
  /** When promised units are expected. */
  readonly expectTime: Date | undefined;
  /** Units on their way. */
  readonly incoming: number;
  /** Grows with every change at any location. */
  readonly version: bigint;
  /** The newest movement that it reflects. */
  readonly position: bigint;
  readonly updateTime: Date;
}

/** Sums up the levels of one SKU. Versions add up, so that a change at any location makes a newer one. */
export function availabilityOf(sku: string, levels: readonly StockLevel[]): Availability {
  return levels.reduce<Availability>(
    (sum, level) => ({
      sku,
      available: sum.available + availableOf(level),
      backorderable: sum.backorderable + backorderableOf(level),
      backorderMode: level.backorderMode === 'none' ? sum.backorderMode : level.backorderMode,
      expectTime: level.expectTime ?? sum.expectTime,
      incoming: sum.incoming + level.incoming,
      version: sum.version + level.version,
      position: level.position > sum.position ? level.position : sum.position,
      updateTime: level.updateTime > sum.updateTime ? level.updateTime : sum.updateTime,
    }),
    nothingOf(sku),
  );
}

/** A kit can be sold as often as its scarcest component allows. */
export function kitAvailability(
  sku: string,
  components: readonly KitComponent[],
  kitVersion: bigint,
  known: ReadonlyMap<string, Availability>,
): Availability {
  const parts = components.map(({ sku: part, quantity }) => ({
    quantity,
    of: known.get(part) ?? nothingOf(part),
  }));
  const scarcest = (units: (of: Availability) => number): number =>
    parts.length === 0 ? 0 : Math.min(...parts.map(({ quantity, of }) => Math.floor(units(of) / quantity)));
  const available = scarcest((of) => of.available);
  return parts.reduce<Availability>(
    (sum, { of }) => ({
      ...sum,
      version: sum.version + of.version,
      position: of.position > sum.position ? of.position : sum.position,
      updateTime: of.updateTime > sum.updateTime ? of.updateTime : sum.updateTime,
      backorderMode: of.backorderMode === 'none' ? sum.backorderMode : of.backorderMode,
      expectTime: of.expectTime ?? sum.expectTime,
    }),
    {
      ...nothingOf(sku),
      // Above whatever the components' versions can add up to, so that another recipe is always newer.
      version: kitVersion << 40n,
      available,
      backorderable: scarcest((of) => of.available + of.backorderable) - available,
    },
  );
}

function nothingOf(sku: string): Availability {
  return {
    sku,
    available: 0,
    backorderable: 0,
    backorderMode: 'none',
    expectTime: undefined,
    incoming: 0,
    version: 0n,
    position: 0n,
    updateTime: new Date(0),
  };
}
