import { type Clock, newId } from '@souk/kernel';
import { type LineToPrice, type PricedLines, priceLines } from '../domain/quote.ts';
import type { Prices, RuleBook, TaxClasses } from './ports.ts';

/** What is to be priced, for whom and when. */
export interface QuoteQuery {
  readonly currency: string;
  readonly country: string;
  /** Empty for nobody in particular. */
  readonly customerId: string;
  readonly lines: readonly LineToPrice[];
  /** The instant whose prices count; undefined means now. */
  readonly priceTime: Date | undefined;
}

/** Priced lines with the terms under which they hold. */
export interface Quote extends PricedLines {
  readonly id: string;
  readonly currency: string;
  readonly country: string;
  readonly customerId: string;
  readonly priceTime: Date;
  readonly expireTime: Date;
}

/** Prices lines with what holds at an instant. */
export class QuoteLines {
  readonly #prices: Prices;
  readonly #taxClasses: TaxClasses;
  readonly #rules: RuleBook;
  readonly #clock: Clock;
  readonly #validityMs: number;

  constructor(prices: Prices, taxClasses: TaxClasses, rules: RuleBook, clock: Clock, validityMs: number) {
    this.#prices = prices;
    this.#taxClasses = taxClasses;
    this.#rules = rules;
    this.#clock = clock;
    this.#validityMs = validityMs;
  }

  /** @throws DomainError `LINE_ID_REPEATED`. */
  async quote({ currency, country, customerId, lines, priceTime }: QuoteQuery): Promise<Quote> {
    const now = this.#clock.now();
    const time = priceTime ?? now;
    const skus = [...new Set(lines.map(({ sku }) => sku))];
    const [prices, taxClasses, rules] = await Promise.all([
      this.#prices.bySku(skus),
      this.#taxClasses.bySku(skus),
      this.#rules.current(),
    ]);
    const priced = priceLines(
      lines,
      { currency, country, time: time.getTime() },
      { ...rules, prices, taxClasses },
    );
    return {
      ...priced,
      id: newId(),
      currency,
      country,
      customerId,
      priceTime: time,
      expireTime: new Date(now.getTime() + this.#validityMs),
    };
  }
}
