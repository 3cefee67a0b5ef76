import { precondition } from '@souk/kernel';
import type { Movement } from './movement.ts';

/** The location that there always is. */
export const DEFAULT_LOCATION = 'main';

/** More units than this of one kind at one location the books do not hold. */
const MAX_UNITS = 1_000_000_000;

/** How a SKU may be sold that is not there: not at all, while it is refilled, or before it first comes. */
export const BACKORDER_MODES = ['none', 'backorder', 'preorder'] as const;

/** How a SKU may be sold that is not there. */
export type BackorderMode = (typeof BACKORDER_MODES)[number];

/** What somebody decided about a SKU, not what is there. */
export interface StockTerms {
  /** Units that are kept back from sale, at this location. */
  readonly safetyStock: number;
  readonly backorderMode: BackorderMode;
  /** Units that may be promised beyond what is there, at this location. */
  readonly backorderLimit: number;
  /** When promised units are expected. */
  readonly expectTime: Date | undefined;
  /** At or below so many available units in all the SKU counts as low; undefined never. */
  readonly lowStockAt: number | undefined;
  /** Above so many available units in all there is too much of it; undefined never. */
  readonly overstockAt: number | undefined;
}

/** The units of one SKU at one location, by what they are. The sum of the level's movements. */
export interface StockUnits {
  /** Fit for sale and there, reserved ones included. */
  readonly onHand: number;
  /** Held for orders; part of `onHand`, never more. */
  readonly reserved: number;
  readonly damaged: number;
  /** On their way here. */
  readonly incoming: number;
  /** Promised to orders, but not there yet; they are owed before anything else is sold. */
  readonly backordered: number;
}

/** The stock of one SKU at one location. */
export interface StockLevel extends StockUnits, StockTerms {
  readonly sku: string;
  readonly locationId: string;
  /** Grows by one with every change. */
  readonly version: bigint;
  /** The newest movement in these figures. */
  readonly position: bigint;
  readonly updateTime: Date;
}

/** Stock levels of some SKUs, each at all its locations. */
export type Stock = ReadonlyMap<string, readonly StockLevel[]>;

/** What a SKU is sold by unless somebody decided otherwise. */
export const DEFAULT_TERMS: StockTerms = {
  safetyStock: 0,
  backorderMode: 'none',
  backorderLimit: 0,
  expectTime: undefined,
  lowStockAt: undefined,
  overstockAt: undefined,
};

/** Units that can be sold: what is there, less what is held, kept back, or owed. Never negative. */
export function availableOf(
  level: Pick<StockLevel, 'onHand' | 'reserved' | 'safetyStock' | 'backordered'>,
): number {
  return Math.max(0, level.onHand - level.reserved - level.safetyStock - level.backordered);
}

/** Units that can be promised beyond that. */
export function backorderableOf(
  level: Pick<StockLevel, 'backorderMode' | 'backorderLimit' | 'backordered'>,
): number {
  return level.backorderMode === 'none' ? 0 : Math.max(0, level.backorderLimit - level.backordered);
}

/** Available units of a SKU over all its locations. */
export function totalAvailable(levels: readonly StockLevel[]): number {
  return levels.reduce((sum, level) => sum + availableOf(level), 0);
}

/** Stock from its levels. */
export function stockOf(levels: Iterable<StockLevel>): Map<string, StockLevel[]> {
  const stock = new Map<string, StockLevel[]>();
  for (const level of levels) {
    const known = stock.get(level.sku);
    if (known === undefined) stock.set(level.sku, [level]);
    else known.push(level);
  }
  return stock;
}

/** Puts changed levels in the place of what they were. Others of the same SKU stay. */
export function replaceLevels(
  stock: Map<string, readonly StockLevel[]>,
  changed: readonly StockLevel[],
): void {
  for (const level of changed) {
    const levels = stock.get(level.sku) ?? [];
    stock.set(level.sku, [...levels.filter(({ locationId }) => locationId !== level.locationId), level]);
  }
}

/**
 * The levels that movements change, each after its movements, one version on.
 * @throws DomainError QUANTITY_LIMIT_EXCEEDED when a level would hold too much.
 * @throws Error when a movement has no level or would make one impossible: decisions come first, so that is a fault.
 */
export function afterMovements(stock: Stock, movements: readonly Movement[], now: Date): StockLevel[] {
  const changed = new Map<string, StockLevel>();
  for (const movement of movements) {
    const { sku, locationId } = movement;
    const key = `${locationId} ${sku}`;
    const before = changed.get(key) ?? levelAt(stock, sku, locationId);
    if (before === undefined) throw new Error(`movement of ${sku} without its stock level`);
    changed.set(key, moved(before, movement));
  }
  return Array.from(changed.values(), (level) => ({
    ...level,
    version: level.version + 1n,
    updateTime: now,
  }));
}

/** The level of a SKU at one location, if there is one. */
export function levelAt(stock: Stock, sku: string, locationId: string): StockLevel | undefined {
  return stock.get(sku)?.find((level) => level.locationId === locationId);
}

function moved(level: StockLevel, change: Movement): StockLevel {
  const units: StockUnits = {
    onHand: level.onHand + change.onHandDelta,
    reserved: level.reserved + change.reservedDelta,
    damaged: level.damaged + change.damagedDelta,
    incoming: level.incoming + change.incomingDelta,
    backordered: level.backordered + change.backorderedDelta,
  };
  if (Math.max(units.onHand, units.damaged, units.incoming) > MAX_UNITS) {
    throw precondition(
      'QUANTITY_LIMIT_EXCEEDED',
      `The stock of ${level.sku} would exceed ${MAX_UNITS} units.`,
      { metadata: { sku: level.sku } },
    );
  }
  if (Object.values(units).some((count) => count < 0) || units.reserved > units.onHand)
    throw new Error(`stock of ${level.sku} made impossible`);
  return { ...level, ...units };
}
