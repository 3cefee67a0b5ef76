import type { Clock } from '@souk/kernel';
import type { Collection } from 'mongodb';
import type { RuleBook, Rules } from '../app/ports.ts';
import { taxKey } from '../domain/quote.ts';
import { fromPriceListDocument, type PriceListDocument } from './mongo-price-lists.ts';
import { fromPromotionDocument, type PromotionDocument } from './mongo-promotions.ts';
import { fromTaxDocument, type TaxDocument } from './mongo-taxes.ts';

/** The collections that hold the rules. */
export interface RuleCollections {
  readonly lists: Collection<PriceListDocument>;
  readonly promotions: Collection<PromotionDocument>;
  readonly taxes: Collection<TaxDocument>;
}

/** How old the rules may be, in milliseconds. With it a change is in effect everywhere within 2 s. */
const MAX_AGE_MS = 1_000;

/** The rules in memory, read anew when somebody asks and they are too old. */
export class CachedRuleBook implements RuleBook {
  readonly #collections: RuleCollections;
  readonly #clock: Clock;
  #rules: Promise<Rules> | undefined;
  #readAt = 0;

  constructor(collections: RuleCollections, clock: Clock) {
    this.#collections = collections;
    this.#clock = clock;
  }

  async current(): Promise<Rules> {
    const now = this.#clock.now().getTime();
    if (this.#rules === undefined || now - this.#readAt >= MAX_AGE_MS) {
      this.#readAt = now;
      const reading = this.#read();
      this.#rules = reading;
      // A failed read must not be answered to those who come later.
      reading.catch(() => {
        if (this.#rules === reading) this.#rules = undefined;
      });
    }
    return this.#rules;
  }

  refresh(): void {
    this.#rules = undefined;
  }

  async #read(): Promise<Rules> {
    const { lists, promotions, taxes } = this.#collections;
    const [listDocuments, promotionDocuments, taxDocuments] = await Promise.all([
      lists.find().toArray(),
      promotions.find({ paused: false }, { projection: { pending: 0 } }).toArray(),
      taxes.find().toArray(),
    ]);
    return {
      lists: new Map(listDocuments.map((list) => [list._id, fromPriceListDocument(list)])),
      promotions: promotionDocuments.map(fromPromotionDocument),
      taxes: new Map(taxDocuments.map((tax) => [taxKey(tax.country, tax.taxClass), fromTaxDocument(tax)])),
    };
  }
}
