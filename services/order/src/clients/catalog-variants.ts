import type { Client } from '@connectrpc/connect';
import type { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { Variants } from '../app/ports.ts';
import { READ_TIMEOUT_MS } from './step-call.ts';

/** The option by which the catalogue says how a variant reaches its buyer. */
const DELIVERY = 'delivery';

/** Variants of the catalogue. */
export function catalogVariants(catalog: Client<typeof CatalogService>): Variants {
  return {
    async find(skus) {
      const { variants } = await catalog.batchGetVariants(
        { skus: [...skus] },
        { timeoutMs: READ_TIMEOUT_MS },
      );
      return variants.map(({ sku, productId, title, productTitle, active, options }) => ({
        sku,
        productId,
        title: title === '' ? productTitle : title,
        active,
        digital: options[DELIVERY] === 'digital',
      }));
    },
  };
}
