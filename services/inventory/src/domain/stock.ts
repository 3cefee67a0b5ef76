import { precondition } from '@souk/kernel';
import type { Movement } from './movement.ts';

/** The one location that there is so far; everything is keyed by SKU × location, so that more can come. */
export const DEFAULT_LOCATION = 'main';

/** More units than this of one kind at one location the books do not hold. */
const MAX_UNITS = 1_000_000_000;

/** The stock of one SKU at one location. `reserved` units are part of `onHand`; never more than those. */
export interface StockLevel {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly damaged: number;
  /** Grows by one with every change. */
  readonly version: bigint;
  /** The newest movement in these figures. */
  readonly position: bigint;
  readonly updateTime: Date;
}

/** Stock levels by SKU; one per SKU while there is one location. */
export type Stock = ReadonlyMap<string, StockLevel>;

/** Units that can be sold. */
export function availableOf(level: Pick<StockLevel, 'onHand' | 'reserved'>): number {
  return level.onHand - level.reserved;
}

/**
 * The levels that movements change, each after its movements, one version on.
 * @throws DomainError QUANTITY_LIMIT_EXCEEDED when a level would hold too much.
 * @throws Error when a movement has no level or would make one impossible: decisions come first, so that is a fault.
 */
export function afterMovements(stock: Stock, movements: readonly Movement[], now: Date): StockLevel[] {
  const changed = new Map<string, StockLevel>();
  for (const movement of movements) {
    const before = changed.get(movement.sku) ?? stock.get(movement.sku);
    if (before === undefined) throw new Error(`movement of ${movement.sku} without its stock level`);
    changed.set(movement.sku, moved(before, movement));
  }
  return Array.from(changed.values(), (level) => ({
    ...level,
    version: level.version + 1n,
    updateTime: now,
  }));
}

function moved(level: StockLevel, { onHandDelta, reservedDelta, damagedDelta }: Movement): StockLevel {
  const onHand = level.onHand + onHandDelta;
  const reserved = level.reserved + reservedDelta;
  const damaged = level.damaged + damagedDelta;
  if (Math.max(onHand, damaged) > MAX_UNITS) {
    throw precondition(
      'QUANTITY_LIMIT_EXCEEDED',
      `The stock of ${level.sku} would exceed ${MAX_UNITS} units.`,
      {
        metadata: { sku: level.sku },
      },
    );
  }
  if (reserved < 0 || damaged < 0 || reserved > onHand)
    throw new Error(`stock of ${level.sku} made impossible`);
  return { ...level, onHand, reserved, damaged };
}
