import { alreadyExists } from '@souk/kernel';
import { levelsOf } from './demand.ts';
import { type Movement, movement } from './movement.ts';
import { DEFAULT_LOCATION, type Stock } from './stock.ts';

/** Sold units of one SKU that came back to one location. */
export interface ReturnedUnits {
  readonly sku: string;
  readonly locationId: string;
  /** Units fit for sale. */
  readonly good: number;
  /** Units that are not. */
  readonly damaged: number;
}

/** Adds up what came back per SKU and location, in the order of SKUs. */
export function returnedUnits(
  lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly isGood: boolean;
    readonly locationId: string;
  }[],
): ReturnedUnits[] {
  const sums = new Map<string, ReturnedUnits>();
  for (const { sku, quantity, isGood, locationId: named } of lines) {
    const locationId = named === '' ? DEFAULT_LOCATION : named;
    const key = `${sku} ${locationId}`;
    const { good, damaged } = sums.get(key) ?? { good: 0, damaged: 0 };
    sums.set(key, {
      sku,
      locationId,
      good: good + (isGood ? quantity : 0),
      damaged: damaged + (isGood ? 0 : quantity),
    });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, units]) => units);
}

/**
 * The movements of a return.
 * @throws DomainError SKU_UNKNOWN
 */
export function restock(returnId: string, stock: Stock, units: readonly ReturnedUnits[]): Movement[] {
  return units.flatMap(({ sku, locationId, good, damaged }) => {
    levelsOf(stock, sku);
    if (good + damaged === 0) return [];
    return movement('return', { sku, locationId }, returnId, { onHandDelta: good, damagedDelta: damaged });
  });
}

/**
 * Checks that a return which was booked before was the same.
 * @throws DomainError RETURN_CONFLICT
 */
export function requireSameReturn(booked: readonly ReturnedUnits[], units: readonly ReturnedUnits[]): void {
  const isSame =
    booked.length === units.length &&
    booked.every(({ sku, locationId, good, damaged }, index) => {
      const other = units[index];
      return (
        other?.sku === sku &&
        other.locationId === locationId &&
        other.good === good &&
        other.damaged === damaged
      );
    });
  if (!isSame) throw alreadyExists('RETURN_CONFLICT', 'The return was booked before with other lines.');
}
