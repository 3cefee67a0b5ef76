import type { Cache, Codec, ReadThrough } from '@souk/cache';
import type { Catalogue, Variant } from '../app/ports.ts';

const TTL_MS = 30_000;
const LOCAL_TTL_MS = 10_000;
const LOCAL_ENTRIES = 20_000;

/** JSON; only this codec writes these keys. */
const codec: Codec<Variant> = {
  encode: (variant) => Buffer.from(JSON.stringify(variant)),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Variant,
};

/** What catalog says of SKUs, remembered for a moment: a SKU that is taken out of sale can be put in for 40 s more. */
export class CachedCatalogue implements Catalogue {
  readonly #cache: ReadThrough<Variant>;

  constructor(cache: Cache, source: Catalogue) {
    this.#cache = cache.readThrough({
      name: 'variants',
      load: (skus) => source.variants(skus),
      codec,
      ttlMs: TTL_MS,
      localTtlMs: LOCAL_TTL_MS,
      localEntries: LOCAL_ENTRIES,
    });
  }

  async variants(skus: readonly string[]): Promise<ReadonlyMap<string, Variant>> {
    return this.#cache.getMany(skus);
  }
}
