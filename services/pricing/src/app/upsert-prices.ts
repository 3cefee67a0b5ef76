import type { Logger } from '@souk/kernel';
import { type PriceInput, toWindow } from '../domain/price-input.ts';
import type { PriceWindow } from '../domain/price-window.ts';
import type { PriceChange, Prices, PriceStore, RuleBook } from './ports.ts';

/** What became of one price to set. */
export interface UpsertResult {
  readonly priceListId: string;
  readonly sku: string;
  readonly version: number;
  readonly changed: boolean;
}

/** Sets prices for stretches of time. */
export class UpsertPrices {
  readonly #store: PriceStore;
  readonly #prices: Prices;
  readonly #rules: RuleBook;
  readonly #log: Logger;

  constructor(store: PriceStore, prices: Prices, rules: RuleBook, log: Logger) {
    this.#store = store;
    this.#prices = prices;
    this.#rules = rules;
    this.#log = log;
  }

  /**
   * Checks all inputs, then applies them, those of one price in one step.
   *
   * @throws DomainError as `toWindow` and `PriceStore.apply` do.
   */
  async upsert(inputs: readonly PriceInput[]): Promise<UpsertResult[]> {
    const changes = await this.#check(inputs);
    const outcomes = await this.#store.apply([...changes.values()]);
    const results = new Map([...changes.keys()].map((key, index) => [key, outcomes[index]]));
    const changed = [...changes].filter(([key]) => results.get(key)?.changed === true);
    await this.#forget(changed.map(([, { sku }]) => sku));
    return inputs.map(({ priceListId, sku }) => {
      const outcome = results.get(keyOf(priceListId, sku));
      return { priceListId, sku, version: outcome?.version ?? 0, changed: outcome?.changed ?? false };
    });
  }

  async #check(inputs: readonly PriceInput[]): Promise<Map<string, PriceChange>> {
    const changes = new Map<string, PriceChange & { readonly set: PriceWindow[] }>();
    let { lists } = await this.#rules.current();
    // The list may be newer than the rules in memory.
    if (inputs.some(({ priceListId }) => !lists.has(priceListId))) {
      this.#rules.refresh();
      ({ lists } = await this.#rules.current());
    }
    for (const [index, input] of inputs.entries()) {
      const { priceListId, sku } = input;
      const list = lists.get(priceListId);
      const window = toWindow(input, list, `prices[${index}]`);
      const change = changes.get(keyOf(priceListId, sku));
      if (change === undefined)
        changes.set(keyOf(priceListId, sku), {
          priceListId,
          sku,
          currency: list?.currency ?? '',
          set: [window],
        });
      else change.set.push(window);
    }
    return changes;
  }

  /** The prices are committed: a cache that cannot be reached is cleared by the consumer of the facts. */
  async #forget(skus: readonly string[]): Promise<void> {
    if (skus.length === 0) return;
    try {
      await this.#prices.forget(skus);
    } catch (error) {
      this.#log.warn({ err: error, skus: skus.length }, 'cached prices could not be cleared at once');
    }
  }
}

const keyOf = (priceListId: string, sku: string): string => `${priceListId}/${sku}`;
