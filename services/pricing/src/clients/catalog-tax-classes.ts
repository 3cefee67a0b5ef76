import type { Client } from '@connectrpc/connect';
import type { Cache, Codec, ReadThrough } from '@souk/cache';
import type { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { TaxClasses } from '../app/ports.ts';

const TTL_MS = 600_000;
const LOCAL_TTL_MS = 15_000;
const LOCAL_ENTRIES = 50_000;

const text: Codec<string> = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

/** Tax classes as catalog states them, cached; cleared when a product changes. */
export class CatalogTaxClasses implements TaxClasses {
  readonly #cache: ReadThrough<string>;

  constructor(cache: Cache, catalog: Pick<Client<typeof CatalogService>, 'batchGetVariants'>) {
    this.#cache = cache.readThrough({
      name: 'tax-classes',
      load: async (skus) => {
        const { variants } = await catalog.batchGetVariants({ skus: [...skus] });
        return new Map(variants.map(({ sku, taxClass }) => [sku, taxClass]));
      },
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
