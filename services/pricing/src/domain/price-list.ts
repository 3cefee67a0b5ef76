/** A set of prices in one currency. */
export interface PriceList {
  readonly id: string;
  readonly title: string;
  /** ISO 4217 code; never changes. */
  readonly currency: string;
  /** Countries of delivery it is for; none means all. */
  readonly countries: readonly string[];
}

/** Whether a list's prices may be used for an order. An empty country is covered only by lists for all countries. */
export function listApplies(list: PriceList, currency: string, country: string): boolean {
  return list.currency === currency && (list.countries.length === 0 || list.countries.includes(country));
}
