import type { ServiceImpl } from '@connectrpc/connect';
import type { Product } from '@souk/gen/souk/catalog/v1/product_pb';
import type { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import type { ComposeProductPage } from '../app/compose-product-page.ts';
import { pageToProto } from './to-proto.ts';

const DEFAULT_CURRENCY = 'GBP';

/** The RPCs of storefront. */
export function storefrontHandlers(
  composeProductPage: ComposeProductPage<Product>,
): ServiceImpl<typeof StorefrontService> {
  return {
    async getProductPage({ productId, currencyCode }) {
      const currency = currencyCode === '' ? DEFAULT_CURRENCY : currencyCode;
      return { page: pageToProto(await composeProductPage.run(productId, currency)) };
    },
  };
}
