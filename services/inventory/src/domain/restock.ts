import { alreadyExists } from '@souk/kernel';
import { levelOf } from './demand.ts';
import { type Movement, movement } from './movement.ts';
import type { Stock } from './stock.ts';

/** Sold units of one SKU that came back. */
export interface ReturnedUnits {
  readonly sku: string;
  /** Units fit for sale. */
  readonly good: number;
  /** Units that are not. */
  readonly damaged: number;
}

/** Adds up what came back per SKU, in the order of SKUs. */
export function returnedUnits(
  lines: readonly { readonly sku: string; readonly quantity: number; readonly isGood: boolean }[],
): ReturnedUnits[] {
  const sums = new Map<string, ReturnedUnits>();
  for (const { sku, quantity, isGood } of lines) {
    const { good, damaged } = sums.get(sku) ?? { good: 0, damaged: 0 };
    sums.set(
      sku,
      isGood ? { sku, good: good + quantity, damaged } : { sku, good, damaged: damaged + quantity },
    );
  }
  return [...sums.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/**
 * The movements of a return.
 * @throws DomainError SKU_UNKNOWN
 */
export function restock(returnId: string, stock: Stock, units: readonly ReturnedUnits[]): Movement[] {
  return units.map(({ sku, good, damaged }) =>
    movement('return', levelOf(stock, sku), returnId, { onHandDelta: good, damagedDelta: damaged }),
  );
}

/**
 * Checks that a return which was booked before was the same.
 * @throws DomainError RETURN_CONFLICT
 */
export function requireSameReturn(booked: readonly ReturnedUnits[], units: readonly ReturnedUnits[]): void {
  const isSame =
    booked.length === units.length &&
    booked.every(({ sku, good, damaged }, index) => {
      const other = units[index];
      return other?.sku === sku && other.good === good && other.damaged === damaged;
    });
  if (!isSame) throw alreadyExists('RETURN_CONFLICT', 'The return was booked before with other lines.');
}
