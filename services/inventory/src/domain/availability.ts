import { availableOf, type StockLevel } from './stock.ts';

/** How much of a SKU can be sold, over all locations. */
export interface Availability {
  readonly sku: string;
  readonly available: number;
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
      version: sum.version + level.version,
      position: level.position > sum.position ? level.position : sum.position,
      updateTime: level.updateTime > sum.updateTime ? level.updateTime : sum.updateTime,
    }),
    { sku, available: 0, version: 0n, position: 0n, updateTime: new Date(0) },
  );
}
