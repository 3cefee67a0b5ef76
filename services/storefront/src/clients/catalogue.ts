import type { Client } from '@connectrpc/connect';
import type { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { Product } from '@souk/gen/souk/catalog/v1/product_pb';
import { notFound } from '@souk/kernel';
import type { Catalogue } from '../app/ports.ts';

/** The catalogue over gRPC. */
export function catalogueOf(client: Client<typeof CatalogService>): Catalogue<Product> {
  return {
    async product(productId, signal) {
      const { product } = await client.getProduct({ productId }, { signal });
      if (product === undefined) throw notFound('PRODUCT_NOT_FOUND', 'there is no such product');
      return product;
    },
    async ofCategory(categoryId, pageSize, signal) {
      const { products } = await client.listProducts({ categoryId, pageSize }, { signal });
      return products;
    },
  };
}
