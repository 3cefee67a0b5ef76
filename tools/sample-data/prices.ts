import { classify } from './classify.ts';
import type { InvoiceLine } from './invoice-line.ts';

/** What one unit costs from a quantity on. */
export interface Tier {
  readonly minQuantity: number;
  readonly unitPence: number;
}

/** The price of a SKU: tiers by quantity, the first from 1. */
export interface SamplePrice {
  readonly sku: string;
  readonly tiers: readonly Tier[];
}

/** A cheaper price counts as a tier when at least this many lines were sold at it. */
const LINES_FOR_A_TIER = 3;
const MOST_TIERS = 4;

/**
 * Prices of everything that was sold. The list price is the one of most lines (the higher of two). A cheaper price that at least
 * three lines have is a tier from the smallest quantity on, 2 or more, from which at least half of the lines were sold at it
 * or below. In the order of the codes.
 */
export function derivePrices(lines: readonly InvoiceLine[]): SamplePrice[] {
  const sales = lines.filter((line) => classify(line).kind === 'sale');
  return [...Map.groupBy(sales, ({ stockCode }) => stockCode)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sku, own]) => ({ sku, tiers: tiersOf(own) }));
}

/** The tiers of one SKU's sales; there must be at least one sale. */
export function tiersOf(sales: readonly Pick<InvoiceLine, 'quantity' | 'unitPence'>[]): Tier[] {
  const byPrice = [...Map.groupBy(sales, ({ unitPence }) => unitPence)];
  const [listPence = 0] = [...byPrice].sort(([a, m], [b, n]) => n.length - m.length || b - a)[0] ?? [];
  const candidates = byPrice
    .filter(([pence, own]) => pence < listPence && own.length >= LINES_FOR_A_TIER)
    .flatMap(([unitPence, own]) => {
      const minQuantity = [...new Set(own.map(({ quantity }) => quantity))]
        .filter((quantity) => quantity >= 2)
        .sort((a, b) => a - b)
        .find((quantity) => {
          const fromThere = sales.filter((sale) => sale.quantity >= quantity);
          const cheap = fromThere.filter((sale) => sale.unitPence <= unitPence);
          return cheap.length * 2 >= fromThere.length;
        });
      return minQuantity === undefined ? [] : [{ minQuantity, unitPence }];
    })
    .sort((a, b) => a.minQuantity - b.minQuantity || a.unitPence - b.unitPence);
  const tiers: Tier[] = [{ minQuantity: 1, unitPence: listPence }];
  for (const candidate of candidates) {
    const last = tiers.at(-1);
    if (last === undefined || tiers.length === MOST_TIERS) break;
    // A tier must be cheaper than those below it; of two from the same quantity the cheaper comes first.
    if (candidate.minQuantity > last.minQuantity && candidate.unitPence < last.unitPence)
      tiers.push(candidate);
  }
  return tiers;
}
