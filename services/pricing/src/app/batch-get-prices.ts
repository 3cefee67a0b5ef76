import type { Clock } from '@souk/kernel';
import { priceBreaks, type UnitPrice } from '../domain/unit-price.ts';
import type { Prices, RuleBook } from './ports.ts';

/** What a SKU costs now. */
export interface SkuPrice {
  readonly sku: string;
  readonly breaks: readonly UnitPrice[];
}

/** Reads what SKUs cost now, before promotions and tax. */
export class BatchGetPrices {
  readonly #prices: Prices;
  readonly #rules: RuleBook;
  readonly #clock: Clock;

  constructor(prices: Prices, rules: RuleBook, clock: Clock) {
    this.#prices = prices;
    this.#rules = rules;
    this.#clock = clock;
  }

  /** SKUs without a price are left out. */
  async get(skus: readonly string[], currency: string, country: string): Promise<SkuPrice[]> {
    const distinct = [...new Set(skus)];
    const [prices, { lists }] = await Promise.all([this.#prices.bySku(distinct), this.#rules.current()]);
    const context = { currency, country, time: this.#clock.now().getTime() };
    return distinct
      .map((sku) => ({ sku, breaks: priceBreaks(prices.get(sku) ?? [], lists, context) }))
      .filter(({ breaks }) => breaks.length > 0);
  }
}
