import type { Money } from '@souk/kernel';
import type { Cart, CartLine } from './cart.ts';

/** What a line costs. */
interface LineAmounts {
  readonly unitPrice: Money;
  readonly list: Money;
  readonly discount: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** What the lines cost altogether. */
export type CartTotals = Omit<LineAmounts, 'unitPrice'>;

/** A promotion that takes something off. */
interface CartPromotion {
  readonly id: string;
  readonly title: string;
  readonly discount: Money;
}

/** Prices of a cart's lines by SKU; lines without a price are left out. */
export interface CartQuote {
  readonly lines: ReadonlyMap<string, LineAmounts>;
  readonly totals: CartTotals;
  readonly promotions: readonly CartPromotion[];
}

/** Units that can be sold now, by SKU; SKUs that were never in stock are left out. */
export type Stock = ReadonlyMap<string, bigint>;

/** What is wrong with a line. */
export type LineProblem =
  | { readonly kind: 'no-price' }
  | { readonly kind: 'out-of-stock' }
  | { readonly kind: 'partly-available'; readonly available: bigint };

/** What is wrong with a cart as a whole. */
export type CartProblem = 'prices-unavailable' | 'stock-unchecked';

/** A line with what pricing and inventory say of it. */
export interface AssessedLine extends CartLine {
  readonly amounts: LineAmounts | undefined;
  readonly problems: readonly LineProblem[];
}

/** A cart with what pricing and inventory say of it. */
export interface AssessedCart extends Omit<Cart, 'lines'> {
  readonly lines: readonly AssessedLine[];
  readonly totals: CartTotals | undefined;
  readonly promotions: readonly CartPromotion[];
  readonly problems: readonly CartProblem[];
}

/**
 * Joins a cart with prices and stock. What is undefined could not be asked: its part is missing then, and a problem of the
 * cart says so.
 */
export function assess(cart: Cart, quote: CartQuote | undefined, stock: Stock | undefined): AssessedCart {
  return {
    ...cart,
    lines: cart.lines.map((line) => ({
      ...line,
      amounts: quote?.lines.get(line.sku),
      problems: [...priceProblems(line, quote), ...stockProblems(line, stock)],
    })),
    totals: quote?.totals,
    promotions: quote?.promotions ?? [],
    problems: [
      ...(quote === undefined ? (['prices-unavailable'] as const) : []),
      ...(stock === undefined ? (['stock-unchecked'] as const) : []),
    ],
  };
}

function priceProblems(line: CartLine, quote: CartQuote | undefined): LineProblem[] {
  return quote === undefined || quote.lines.has(line.sku) ? [] : [{ kind: 'no-price' }];
}

function stockProblems(line: CartLine, stock: Stock | undefined): LineProblem[] {
  if (stock === undefined) return [];
  const available = stock.get(line.sku) ?? 0n;
  if (available <= 0n) return [{ kind: 'out-of-stock' }];
  return available < BigInt(line.quantity) ? [{ kind: 'partly-available', available }] : [];
}
