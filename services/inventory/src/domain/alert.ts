import { type StockLevel, totalAvailable } from './stock.ts';

/** What may be worth knowing about a SKU's stock. */
export type AlertKind = 'low-stock' | 'out-of-stock' | 'back-in-stock' | 'overstock';

/** A threshold that a SKU's stock has crossed. */
export interface StockAlert {
  readonly kind: AlertKind;
  readonly sku: string;
  readonly available: number;
  /** The threshold; zero where it is nothing. */
  readonly threshold: number;
}

/**
 * The thresholds that available stock of a SKU, over all locations, crosses from `before` to `after`. As every change is
 * compared with the one before it, each crossing is told once.
 */
export function alertsOf(before: readonly StockLevel[], after: readonly StockLevel[]): StockAlert[] {
  const [first] = after;
  // What was never there can't run out or come back.
  if (first === undefined || before.every(({ version }) => version === 0n)) return [];
  const { sku, lowStockAt, overstockAt } = first;
  const [was, is] = [totalAvailable(before), totalAvailable(after)];
  const alert = (kind: AlertKind, threshold: number): StockAlert => ({ kind, sku, available: is, threshold });
  return [
    ...(was > 0 && is === 0 ? [alert('out-of-stock', 0)] : []),
    ...(was === 0 && is > 0 ? [alert('back-in-stock', 0)] : []),
    ...(lowStockAt !== undefined && was > lowStockAt && is <= lowStockAt && is > 0
      ? [alert('low-stock', lowStockAt)]
      : []),
    ...(overstockAt !== undefined && was <= overstockAt && is > overstockAt
      ? [alert('overstock', overstockAt)]
      : []),
  ];
}
