import type { PriceList } from '../domain/price-list.ts';
import type { PriceListStore, RuleBook } from './ports.ts';

/** Creates price lists and changes their titles and countries. */
export class UpsertPriceLists {
  readonly #store: PriceListStore;
  readonly #rules: RuleBook;

  constructor(store: PriceListStore, rules: RuleBook) {
    this.#store = store;
    this.#rules = rules;
  }

  /** @throws DomainError `PRICE_LIST_CURRENCY_FIXED`. */
  async upsert(lists: readonly PriceList[]): Promise<void> {
    await this.#store.upsert(lists);
    this.#rules.refresh();
  }
}
