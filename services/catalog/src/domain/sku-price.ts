/** A stretch of time in which a SKU has one price. */
interface PriceWindow {
  /** For one unit, in minor units; undefined when one unit alone cannot be bought. */
  readonly unitMinor: number | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** What the catalogue knows of the price of a SKU in one price list; a copy of pricing's facts, for search only. */
export interface ListedPrice {
  readonly priceListId: string;
  readonly sku: string;
  readonly currency: string;
  readonly version: number;
  readonly windows: readonly PriceWindow[];
}

/** The cheapest price for one unit at a moment over all lists of a currency, in minor units; undefined when there is none. */
export function priceAt(prices: readonly ListedPrice[], currency: string, now: Date): number | undefined {
  const current = prices
    .filter((price) => price.currency === currency)
    .flatMap((price) => price.windows)
    .filter(({ from, to }) => (from === undefined || from <= now) && (to === undefined || now < to))
    .flatMap(({ unitMinor }) => (unitMinor === undefined ? [] : [unitMinor]));
  return current.length === 0 ? undefined : Math.min(...current);
}
