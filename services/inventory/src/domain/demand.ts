import { notFound, precondition } from '@souk/kernel';
import { availableOf, type Stock, type StockLevel } from './stock.ts';

/** A number of units of one SKU, as somebody asks for it. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
  /** The caller's name of the line. */
  readonly lineId?: string;
}

/** Units wanted per SKU, in the order of SKUs. */
export type Demand = ReadonlyMap<string, number>;

/** Adds up lines with the same SKU: two lines of one unit want two units. */
export function demandOf(lines: readonly StockLine[]): Demand {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether two demands are the same. */
export function isSameDemand(a: Demand, b: Demand): boolean {
  return a.size === b.size && [...a].every(([sku, quantity]) => b.get(sku) === quantity);
}

/**
 * The level of a SKU.
 * @throws DomainError SKU_UNKNOWN
 */
export function levelOf(stock: Stock, sku: string): StockLevel {
  const level = stock.get(sku);
  if (level === undefined)
    throw notFound('SKU_UNKNOWN', `${sku} has never been in stock.`, { metadata: { sku } });
  return level;
}

/**
 * The rule that decides whether stock may be taken: every SKU must have at least what is wanted of it, reserved units
 * not counted. All or nothing.
 * @returns the levels to take from.
 * @throws DomainError SKU_UNKNOWN; STOCK_INSUFFICIENT for the first SKU that falls short.
 */
export function requireAvailable(stock: Stock, demand: Demand): StockLevel[] {
  return Array.from(demand, ([sku, requested]) => {
    const level = levelOf(stock, sku);
    const available = availableOf(level);
    if (available < requested) {
      throw precondition('STOCK_INSUFFICIENT', `Only ${available} of ${sku} can be sold.`, {
        metadata: { sku, requested: String(requested), available: String(available) },
      });
    }
    return level;
  });
}
