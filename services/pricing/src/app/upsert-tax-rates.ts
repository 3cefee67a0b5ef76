import type { RateInput, RuleBook, TaxStore } from './ports.ts';

/** Sets tax rates. */
export class UpsertTaxRates {
  readonly #store: TaxStore;
  readonly #rules: RuleBook;

  constructor(store: TaxStore, rules: RuleBook) {
    this.#store = store;
    this.#rules = rules;
  }

  /** @throws DomainError `CONCURRENT_UPDATE`. */
  async upsert(rates: readonly RateInput[]): Promise<void> {
    await this.#store.set(rates);
    this.#rules.refresh();
  }
}
