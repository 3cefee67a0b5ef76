import { listApplies, type PriceList } from './price-list.ts';
import { type PriceWindow, type Tier, windowAt } from './price-window.ts';

/** The price of one SKU in one price list, over all time. */
export interface ListPrice {
  readonly priceListId: string;
  readonly windows: readonly PriceWindow[];
}

/** The price that won, and why. */
export interface UnitPrice {
  /** In minor units of the currency asked for. */
  readonly unitPrice: bigint;
  readonly priceListId: string;
  readonly minQuantity: number;
}

/** For whom and when a price is looked up. */
export interface PriceContext {
  readonly currency: string;
  readonly country: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * The unit price of a SKU for a quantity. Within a list, the tier with the greatest minimum that the quantity reaches counts;
 * among the lists that apply the cheapest price wins, and of equally cheap ones that of the list whose id sorts first.
 */
export function unitPriceFor(
  prices: readonly ListPrice[],
  lists: ReadonlyMap<string, PriceList>,
  context: PriceContext,
  quantity: number,
): UnitPrice | undefined {
  let best: UnitPrice | undefined;
  for (const { priceListId, tiers } of applicable(prices, lists, context)) {
    const tier = tiers.findLast(({ minQuantity }) => minQuantity <= quantity);
    if (tier === undefined) continue;
    const candidate = { unitPrice: tier.unitPrice, priceListId, minQuantity: tier.minQuantity };
    if (best === undefined || beats(candidate, best)) best = candidate;
  }
  return best;
}

/** The quantities at which the winning price changes, with the price from there on; empty when there is no price. */
export function priceBreaks(
  prices: readonly ListPrice[],
  lists: ReadonlyMap<string, PriceList>,
  context: PriceContext,
): UnitPrice[] {
  const steps = applicable(prices, lists, context).flatMap(({ tiers }) =>
    tiers.map((tier) => tier.minQuantity),
  );
  const breaks: UnitPrice[] = [];
  for (const quantity of [...new Set(steps)].sort((a, b) => a - b)) {
    const price = unitPriceFor(prices, lists, context, quantity);
    if (price === undefined) continue;
    const last = breaks.at(-1);
    if (last?.unitPrice !== price.unitPrice) breaks.push({ ...price, minQuantity: quantity });
  }
  return breaks;
}

function applicable(
  prices: readonly ListPrice[],
  lists: ReadonlyMap<string, PriceList>,
  { currency, country, time }: PriceContext,
): { priceListId: string; tiers: readonly Tier[] }[] {
  return prices.flatMap(({ priceListId, windows }) => {
    const list = lists.get(priceListId);
    if (list === undefined || !listApplies(list, currency, country)) return [];
    const window = windowAt(windows, time);
    return window === undefined ? [] : [{ priceListId, tiers: window.tiers }];
  });
}

function beats(a: UnitPrice, b: UnitPrice): boolean {
  return a.unitPrice < b.unitPrice || (a.unitPrice === b.unitPrice && a.priceListId < b.priceListId);
}
