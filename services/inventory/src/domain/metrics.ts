/** Classes by share of sold units. */
export type AbcClass = 'A' | 'B' | 'C';

/** What the ledger says of one SKU in a period. */
export interface StockHistory {
  readonly sku: string;
  readonly onHand: number;
  readonly available: number;
  /** Units on hand when the period began. */
  readonly opening: number;
  /** Units sold, returns taken off. */
  readonly sold: number;
  /** Units that came in. */
  readonly received: number;
  readonly shrinkage: number;
  readonly stockOutCount: number;
  readonly stockOutHours: number;
  /** Undefined without any units. */
  readonly averageAgeDays: number | undefined;
}

/** How the stock of one SKU did. */
export interface StockRatios {
  readonly turnover: number;
  /** Undefined if nothing was sold. */
  readonly daysOfCover: number | undefined;
  readonly sellThrough: number;
}

/** The usual ratios of a period of so many days. */
export function ratiosOf(history: StockHistory, days: number): StockRatios {
  const { opening, onHand, sold, received, available } = history;
  const average = (opening + onHand) / 2;
  const offered = opening + received;
  return {
    turnover: average > 0 ? Math.max(0, sold) / average : 0,
    daysOfCover: sold > 0 ? available / (sold / days) : undefined,
    sellThrough: offered > 0 ? Math.min(1, Math.max(0, sold) / offered) : 0,
  };
}

/** Classes of SKUs that are given by units sold, most first: A up to 80 % of all units, B up to 95 %, C the rest. */
export function abcClasses(
  sold: readonly { readonly sku: string; readonly sold: number }[],
): Map<string, AbcClass> {
  const total = sold.reduce((sum, one) => sum + Math.max(0, one.sold), 0);
  let before = 0;
  return new Map(
    sold.map((one) => {
      const share = total === 0 ? 1 : before / total;
      before += Math.max(0, one.sold);
      return [one.sku, one.sold <= 0 ? 'C' : share < 0.8 ? 'A' : share < 0.95 ? 'B' : 'C'] as const;
    }),
  );
}
