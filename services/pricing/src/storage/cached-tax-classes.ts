import type { Cache, Codec, ReadThrough } from '@souk/cache';
import type { TaxClasses } from '../app/ports.ts';

const TTL_MS = 600_000;
const LOCAL_TTL_MS = 15_000;
const LOCAL_ENTRIES = 50_000;

const text: Codec<string> = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

/** Tax classes read through the process and Redis; cleared when a product changes. */
export class CachedTaxClasses implements TaxClasses {
  readonly #cache: ReadThrough<string>;

  constructor(cache: Cache, source: TaxClasses) {
    this.#cache = cache.readThrough({
      name: 'tax-classes',
      load: (skus) => source.bySku(skus),
      codec: text,
      ttlMs: TTL_MS,
      localTtlMs: LOCAL_TTL_MS,
      localEntries: LOCAL_ENTRIES,
    });
  }

  async bySku(skus: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#cache.getMany(skus);
  }

  /** Forgets the classes of SKUs whose product changed. */
  async forget(skus: readonly string[]): Promise<void> {
    await this.#cache.invalidate(skus);
  }
}
