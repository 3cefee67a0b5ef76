import { ensureIndexes } from '@souk/mongo';
import type { Collection, Db } from 'mongodb';
import type { ListedPriceRepository } from '../app/ports.ts';
import type { ListedPrice } from '../domain/sku-price.ts';

interface ListedPriceDocument extends ListedPrice {
  /** `<price list>/<sku>`. */
  _id: string;
}

/** The copy of pricing's facts from which the search index takes prices. */
export class MongoListedPrices implements ListedPriceRepository {
  private readonly collection: Collection<ListedPriceDocument>;

  constructor(db: Db) {
    this.collection = db.collection<ListedPriceDocument>('listed_prices');
  }

  /** Creates missing indexes. */
  async prepare(): Promise<void> {
    await ensureIndexes(this.collection, [{ key: { sku: 1 } }]);
  }

  async save(prices: readonly ListedPrice[]): Promise<void> {
    // Facts of one price arrive in order of their versions, perhaps again: the last one of a batch and of the store stays.
    const newest = new Map<string, ListedPrice>();
    for (const price of prices) {
      const id = `${price.priceListId}/${price.sku}`;
      if ((newest.get(id)?.version ?? 0) <= price.version) newest.set(id, price);
    }
    const ids = [...newest.keys()];
    const stored = await this.collection
      .find({ _id: { $in: ids } })
      .project<{ _id: string; version: number }>({ version: 1 })
      .toArray();
    const versions = new Map(stored.map(({ _id, version }) => [_id, version]));
    const writes = [...newest].filter(([id, price]) => (versions.get(id) ?? 0) < price.version);
    if (writes.length === 0) return;
    await this.collection.bulkWrite(
      writes.map(([id, price]) => ({
        replaceOne: { filter: { _id: id }, replacement: { ...price }, upsert: true },
      })),
      { ordered: false },
    );
  }

  async ofSkus(skus: readonly string[]): Promise<ListedPrice[]> {
    return this.collection.find({ sku: { $in: [...skus] } }).toArray();
  }
}
