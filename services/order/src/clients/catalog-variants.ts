import type { Client } from '@connectrpc/connect';
import type { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { Variants } from '../app/ports.ts';

/** Variants of the catalogue. */
export function catalogVariants(catalog: Client<typeof CatalogService>): Variants {
  return {
    async find(skus) {
      const { variants } = await catalog.batchGetVariants({ skus: [...skus] });
      return variants.map(({ sku, productId, title, productTitle, active }) => ({
        sku,
        productId,
        title: title === '' ? productTitle : title,
        active,
      }));
    },
  };
}
