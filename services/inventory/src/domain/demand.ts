import { notFound, precondition } from '@souk/kernel';
import type { KitComponent } from './location.ts';
import { availableOf, levelAt, type Stock, type StockLevel } from './stock.ts';

/** A number of units of one SKU, as somebody asks for it. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
  /** The caller's name of the line. */
  readonly lineId?: string;
}

/** A line as it is picked: a kit's line is one for each component. */
export interface WantedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** The kit that it is part of; empty if none. */
  readonly kitSku: string;
}

/** Units wanted per SKU, in the order of SKUs. */
export type Demand = ReadonlyMap<string, number>;

/** Adds up lines with the same SKU: two lines of one unit want two units. */
export function demandOf(lines: readonly Pick<StockLine, 'sku' | 'quantity'>[]): Demand {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether two demands are the same. */
export function isSameDemand(a: Demand, b: Demand): boolean {
  return a.size === b.size && [...a].every(([sku, quantity]) => b.get(sku) === quantity);
}

/** Takes kits apart and joins lines of the same name, SKU and kit, in the order of SKUs. */
export function wantedLines(
  lines: readonly StockLine[],
  kits: ReadonlyMap<string, readonly KitComponent[]>,
): WantedLine[] {
  const merged = new Map<string, WantedLine>();
  for (const { sku, quantity, lineId = '' } of lines) {
    const components = kits.get(sku);
    const parts = components ?? [{ sku, quantity: 1 }];
    for (const part of parts) {
      const kitSku = components === undefined ? '' : sku;
      const key = JSON.stringify([lineId, kitSku, part.sku]);
      const units = quantity * part.quantity + (merged.get(key)?.quantity ?? 0);
      merged.set(key, { lineId, kitSku, sku: part.sku, quantity: units });
    }
  }
  return [...merged.values()].sort((a, b) => (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0));
}

/**
 * The levels of a SKU.
 * @throws DomainError SKU_UNKNOWN
 */
export function levelsOf(stock: Stock, sku: string): readonly StockLevel[] {
  const levels = stock.get(sku);
  if (levels === undefined || levels.length === 0)
    throw notFound('SKU_UNKNOWN', `${sku} has never been in stock.`, { metadata: { sku } });
  return levels;
}

/**
 * The level of a SKU at one location, which must have so many units that nobody holds. Safety stock may be taken: it is
 * kept back from sale, not from those who keep the stock.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT
 */
export function requireUnheld(stock: Stock, sku: string, locationId: string, requested: number): StockLevel {
  levelsOf(stock, sku);
  const level = levelAt(stock, sku, locationId);
  const unheld = level === undefined ? 0 : level.onHand - level.reserved;
  if (level === undefined || unheld < requested) throw insufficient(sku, requested, unheld);
  return level;
}

/** The refusal of somebody who wants more than there is. */
export function insufficient(sku: string, requested: number, available: number): Error {
  return precondition('STOCK_INSUFFICIENT', `Only ${available} of ${sku} can be sold.`, {
    metadata: { sku, requested: String(requested), available: String(available) },
  });
}

/** What of some levels can be sold, by location. */
export function availableByLocation(levels: readonly StockLevel[]): Map<string, number> {
  return new Map(levels.map((level) => [level.locationId, availableOf(level)]));
}
