import { precondition } from '@souk/kernel';
import { isDuplicateKey } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { PriceListStore } from '../app/ports.ts';
import type { PriceList } from '../domain/price-list.ts';

/** A price list; `_id` is its id. */
export interface PriceListDocument {
  _id: string;
  title: string;
  currency: string;
  countries: string[];
}

/** Price lists in MongoDB. */
export class MongoPriceLists implements PriceListStore {
  readonly #collection: Collection<PriceListDocument>;

  constructor(collection: Collection<PriceListDocument>) {
    this.#collection = collection;
  }

  async upsert(lists: readonly PriceList[]): Promise<void> {
    for (const { id, title, currency, countries } of lists) {
      try {
        // The currency is part of the filter: a list in another one is not matched, and its id refuses the insert.
        await this.#collection.updateOne(
          { _id: id, currency },
          { $set: { title, countries: [...countries].sort() } },
          { upsert: true },
        );
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        throw precondition('PRICE_LIST_CURRENCY_FIXED', 'A price list cannot change its currency.', {
          metadata: { price_list_id: id },
        });
      }
    }
  }

  async list(after: string | undefined, limit: number): Promise<PriceList[]> {
    const documents = await this.#collection
      .find(after === undefined ? {} : { _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return documents.map(fromPriceListDocument);
  }
}

/** A stored price list. */
export function fromPriceListDocument({ _id, title, currency, countries }: PriceListDocument): PriceList {
  return { id: _id, title, currency, countries };
}
