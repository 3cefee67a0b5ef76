import { bytesCodec, type Cache, type ReadThrough } from '@souk/cache';
import { isUuid, type Logger } from '@souk/kernel';
import type { EncodedCatalogue, ProductKeys, ProductRepository } from '../app/ports.ts';
import type { Product } from '../domain/product.ts';

/** How products become bytes. */
export interface Encoders {
  readonly product: (product: Product) => Uint8Array;
  /** One message a variant, by SKU. */
  readonly variants: (product: Product) => ReadonlyMap<string, Uint8Array>;
}

/** How long Redis keeps an entry whose invalidation was lost, in milliseconds. */
const TTL_MS = 600_000;
/** How long a process does. */
const LOCAL_TTL_MS = 30_000;

/** Encoded products and variants in process and Redis over the repository. */
export class CachedCatalogue implements EncodedCatalogue {
  private readonly byId: ReadThrough<Uint8Array>;
  private readonly idByHandle: ReadThrough<string>;
  private readonly bySku: ReadThrough<Uint8Array>;
  private readonly log: Logger;

  constructor(cache: Cache, products: ProductRepository, encode: Encoders, log: Logger) {
    this.log = log;
    const kept = { ttlMs: TTL_MS, localTtlMs: LOCAL_TTL_MS, localEntries: 10_000 };
    this.byId = cache.readThrough({
      ...kept,
      name: 'products',
      codec: bytesCodec,
      load: async (ids) => {
        const found = await products.findMany(ids);
        return new Map(found.filter(isActive).map((product) => [product.productId, encode.product(product)]));
      },
    });
    this.idByHandle = cache.readThrough({
      ...kept,
      name: 'handles',
      codec: {
        encode: (id) => new TextEncoder().encode(id),
        decode: (bytes) => new TextDecoder().decode(bytes),
      },
      load: async (handles) => {
        const found = await products.findByHandles(handles);
        return new Map(found.map((product) => [product.handle, product.productId]));
      },
    });
    this.bySku = cache.readThrough({
      ...kept,
      name: 'variants',
      codec: bytesCodec,
      load: async (skus) => {
        const found = await products.findBySkus(skus);
        return new Map(found.flatMap((product) => [...encode.variants(product)]));
      },
    });
  }

  async product(idOrHandle: string): Promise<Uint8Array | undefined> {
    const id = isUuid(idOrHandle) ? idOrHandle : await this.idByHandle.get(idOrHandle);
    return id === undefined ? undefined : this.byId.get(id);
  }

  async products(productIds: readonly string[]): Promise<Uint8Array[]> {
    const found = await this.byId.getMany(productIds);
    return productIds.flatMap((id) => found.get(id) ?? []);
  }

  async variants(skus: readonly string[]): Promise<Uint8Array[]> {
    return [...(await this.bySku.getMany(skus)).values()];
  }

  async forget(keys: ProductKeys): Promise<void> {
    try {
      await this.forgetSurely(keys);
    } catch (error) {
      this.log.warn({ err: error, product_id: keys.productId }, 'cache: could not forget a product');
    }
  }

  async forgetSurely({ productId, handle, skus }: ProductKeys): Promise<void> {
    await Promise.all([
      this.byId.invalidate([productId]),
      this.bySku.invalidate(skus),
      ...(handle === '' ? [] : [this.idByHandle.invalidate([handle])]),
    ]);
  }
}

function isActive(product: Product): boolean {
  return product.state === 'active';
}
