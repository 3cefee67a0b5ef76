import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { saveNext } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { PriceChange, PriceStore, StoredPrice } from '../app/ports.ts';
import { setWindows } from '../domain/price-input.ts';
import { type PriceWindow, sameWindows } from '../domain/price-window.ts';
import { fromPriceDocument, type PriceDocument, priceIdOf, toPriceDocument } from './price-document.ts';

/** Makes the fact that tells of a change. */
export type PriceFact = (price: StoredPrice, set: readonly PriceWindow[]) => Envelope;

/** How often a change is tried again when somebody else changed the price in between. */
const ATTEMPTS = 10;
/** Longest pause before the second attempt, in milliseconds; it grows with each. Random, so that rivals part. */
const PAUSE_MS = 5;
/** How many documents are written at the same time. */
const WRITERS = 16;

/** Prices in MongoDB, one document per price list and SKU; a change and its fact are one atomic write. */
export class MongoPriceStore implements PriceStore {
  readonly #collection: Collection<PriceDocument>;
  readonly #fact: PriceFact;
  readonly #changed: () => void;

  /** @param changed - called after writes, to wake the relay. */
  constructor(collection: Collection<PriceDocument>, fact: PriceFact, changed: () => void) {
    this.#collection = collection;
    this.#fact = fact;
    this.#changed = changed;
  }

  async apply(changes: readonly PriceChange[]): Promise<{ version: number; changed: boolean }[]> {
    const current = await this.#read(changes.map(priceIdOf));
    const results: { version: number; changed: boolean }[] = [];
    const waiting = changes.entries();
    // The writers take turns on one iterator.
    const write = async (): Promise<void> => {
      for (const [index, change] of waiting) {
        results[index] = await this.#applyOne(change, current.get(priceIdOf(change)));
      }
    };
    try {
      await Promise.all(Array.from({ length: WRITERS }, write));
    } finally {
      this.#changed();
    }
    return results;
  }

  async #applyOne(
    change: PriceChange,
    read: StoredPrice | undefined,
  ): Promise<{ version: number; changed: boolean }> {
    const { priceListId, sku, currency, set } = change;
    let current = read;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = current ?? { priceListId, sku, currency, windows: [], version: 0 };
      const windows = setWindows(before, set);
      if (sameWindows(windows, before.windows)) return { version: before.version, changed: false };
      const next = { ...before, windows, version: before.version + 1 };
      if (await saveNext(this.#collection, toPriceDocument(next), [this.#fact(next, set)]))
        return { version: next.version, changed: true };
      await sleep(Math.random() * PAUSE_MS * (attempt + 1));
      current = (await this.#read([priceIdOf(change)])).get(priceIdOf(change));
    }
    throw aborted('CONCURRENT_UPDATE', 'The price is being changed by others.', {
      metadata: { price_list_id: priceListId, sku },
      retryAfterMs: 200,
    });
  }

  async #read(ids: readonly string[]): Promise<Map<string, StoredPrice>> {
    const documents = await this.#collection
      .find({ _id: { $in: [...ids] } }, { projection: { pending: 0, pendingSince: 0 } })
      .toArray();
    return new Map(documents.map((document) => [document._id, fromPriceDocument(document)]));
  }
}
