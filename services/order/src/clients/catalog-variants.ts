import type { Client } from '@connectrpc/connect';
import type { CatalogService, VariantInfo } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { LRUCache } from 'lru-cache';
import type { Variant, Variants } from '../app/ports.ts';
import { READ_TIMEOUT_MS } from './step-call.ts';

/** The option by which the catalogue says how a variant reaches its buyer. */
const DELIVERY = 'delivery';
/** As old as what the shopper has just seen: search and pages follow the catalogue within the same time. */
const MAX_AGE_MS = 2_000;
const MOST_VARIANTS = 10_000;

/** Variants of the catalogue, at most two seconds old. */
export function catalogVariants(catalog: Client<typeof CatalogService>): Variants {
  const known = new LRUCache<string, Variant>({ max: MOST_VARIANTS, ttl: MAX_AGE_MS });
  return {
    async find(skus) {
      const found = skus.flatMap((sku) => known.get(sku) ?? []);
      if (found.length === skus.length) return found;
      const has = new Set(found.map(({ sku }) => sku));
      const missing = skus.filter((sku) => !has.has(sku));
      const reply = await catalog.batchGetVariants({ skus: missing }, { timeoutMs: READ_TIMEOUT_MS });
      const variants = reply.variants.map(toVariant);
      for (const variant of variants) known.set(variant.sku, variant);
      return [...found, ...variants];
    },
  };
}

function toVariant({ sku, productId, title, productTitle, active, options }: VariantInfo): Variant {
  return {
    ...{ sku, productId, active },
    title: title === '' ? productTitle : title,
    digital: options[DELIVERY] === 'digital',
  };
}
