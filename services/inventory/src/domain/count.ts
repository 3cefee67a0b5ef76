import { invalid } from '@souk/kernel';
import { type Movement, movement } from './movement.ts';
import { levelAt, type Stock } from './stock.ts';

/** One SKU of a count. */
export interface CountLine {
  readonly sku: string;
  /** Units on hand by the books when the count began. */
  readonly expected: number;
  /** Undefined before it is counted. */
  readonly counted?: number;
  /** Why the difference could not be booked. */
  readonly error?: string;
}

/** A cycle count at one location. */
export interface StockCount {
  readonly countId: string;
  readonly locationId: string;
  readonly lines: readonly CountLine[];
  readonly isReconciled: boolean;
}

/**
 * What a count finds: the differences to what was expected when it began, so that what was sold meanwhile does not matter.
 * A line whose units are held by orders can't be taken away; it says so and the others are booked.
 * @throws DomainError COUNT_LINE_UNKNOWN
 */
export function reconcile(
  count: StockCount,
  found: ReadonlyMap<string, number>,
  stock: Stock,
): { readonly count: StockCount; readonly movements: readonly Movement[] } {
  for (const sku of found.keys()) {
    if (!count.lines.some((line) => line.sku === sku))
      throw invalid('COUNT_LINE_UNKNOWN', `${sku} is not part of the count.`, {
        field: 'counted',
        metadata: { sku },
      });
  }
  const movements: Movement[] = [];
  const lines = count.lines.map((line): CountLine => {
    const counted = found.get(line.sku);
    if (counted === undefined) return line;
    const delta = counted - line.expected;
    const level = levelAt(stock, line.sku, count.locationId);
    const unheld = level === undefined ? 0 : level.onHand - level.reserved;
    if (delta < 0 && unheld < -delta) return { ...line, counted, error: 'STOCK_INSUFFICIENT' };
    if (delta !== 0)
      movements.push(
        movement('adjustment', { sku: line.sku, locationId: count.locationId }, count.countId, {
          onHandDelta: delta,
          reason: 'count',
        }),
      );
    return { ...line, counted };
  });
  return { count: { ...count, lines, isReconciled: true }, movements };
}
