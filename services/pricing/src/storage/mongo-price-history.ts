import type { Collection } from 'mongodb';
import type { HistoryEntry, PriceHistory } from '../app/ports.ts';
import { fromWindowDocument, toWindowDocument, type WindowDocument } from './price-document.ts';

/** One setting of a price; `_id` follows from the fact that told of it, so that appending twice is harmless. */
export interface HistoryDocument {
  _id: string;
  sku: string;
  priceListId: string;
  currency: string;
  window: WindowDocument;
  time: Date;
}

/** The history of prices in MongoDB. It is appended from the facts that wait in the price documents, before they go out. */
export class MongoPriceHistory implements PriceHistory {
  readonly #collection: Collection<HistoryDocument>;

  constructor(collection: Collection<HistoryDocument>) {
    this.#collection = collection;
  }

  /** Adds entries; those that are there already stay as they are. */
  async append(entries: readonly HistoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#collection.bulkWrite(
      entries.map(({ id, window, ...rest }) => ({
        updateOne: {
          filter: { _id: id },
          update: { $setOnInsert: { ...rest, window: toWindowDocument(window) } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  async list({
    sku,
    priceListId,
    before,
    limit,
  }: Parameters<PriceHistory['list']>[0]): Promise<HistoryEntry[]> {
    const documents = await this.#collection
      .find({
        sku,
        ...(priceListId === undefined ? {} : { priceListId }),
        ...(before === undefined ? {} : { _id: { $lt: before } }),
      })
      .sort({ _id: -1 })
      .limit(limit)
      .toArray();
    return documents.map(({ _id, window, ...rest }) => ({
      ...rest,
      id: _id,
      window: fromWindowDocument(window),
    }));
  }
}
