import type { Cache, Codec, ReadThrough } from '@souk/cache';
import type { Collection } from 'mongodb';
import type { Prices } from '../app/ports.ts';
import type { ListPrice } from '../domain/unit-price.ts';
import {
  fromWindowDocument,
  type PriceDocument,
  toWindowDocument,
  type WindowDocument,
} from './price-document.ts';

const TTL_MS = 600_000;
const LOCAL_TTL_MS = 15_000;
const LOCAL_ENTRIES = 20_000;

/** Prices by SKU, read through the process, Redis and one query of MongoDB for all misses. */
export class CachedPrices implements Prices {
  readonly #cache: ReadThrough<readonly ListPrice[]>;

  constructor(cache: Cache, collection: Collection<PriceDocument>) {
    this.#cache = cache.readThrough({
      name: 'prices',
      load: (skus) => load(collection, skus),
      codec,
      ttlMs: TTL_MS,
      localTtlMs: LOCAL_TTL_MS,
      localEntries: LOCAL_ENTRIES,
    });
  }

  async bySku(skus: readonly string[]): Promise<ReadonlyMap<string, readonly ListPrice[]>> {
    return this.#cache.getMany(skus);
  }

  async forget(skus: readonly string[]): Promise<void> {
    await this.#cache.invalidate(skus);
  }
}

async function load(
  collection: Collection<PriceDocument>,
  skus: readonly string[],
): Promise<Map<string, ListPrice[]>> {
  const found = new Map<string, ListPrice[]>();
  const documents = collection.find(
    { sku: { $in: [...skus] } },
    { projection: { sku: 1, priceListId: 1, windows: 1 } },
  );
  for await (const { sku, priceListId, windows } of documents) {
    const prices = found.get(sku) ?? [];
    found.set(sku, prices);
    prices.push({ priceListId, windows: windows.map(fromWindowDocument) });
  }
  return found;
}

/** JSON in the documents' own form: dates as text, amounts as numbers, which hold them exactly. */
const codec: Codec<readonly ListPrice[]> = {
  encode: (prices) =>
    Buffer.from(
      JSON.stringify(
        prices.map(({ priceListId, windows }) => ({ priceListId, windows: windows.map(toWindowDocument) })),
        (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
      ),
    ),
  decode: (bytes) => {
    // Only this codec writes these keys, in this form.
    const stored = JSON.parse(Buffer.from(bytes).toString()) as {
      priceListId: string;
      windows: { from: string | null; to: string | null; tiers: WindowDocument['tiers'] }[];
    }[];
    return stored.map(({ priceListId, windows }) => ({
      priceListId,
      windows: windows.map(({ from, to, tiers }) =>
        fromWindowDocument({ from: dateOf(from), to: dateOf(to), tiers }),
      ),
    }));
  },
};

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
