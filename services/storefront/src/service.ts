import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import { implement } from '@souk/rpc';
import { defineService } from '@souk/service';
import { ComposeProductPage } from './app/compose-product-page.ts';
import { availabilityOf } from './clients/availability.ts';
import { catalogueOf } from './clients/catalogue.ts';
import { pricesOf } from './clients/prices.ts';
import { reviewsOf } from './clients/reviews.ts';
import { config } from './config.ts';
import { storefrontHandlers } from './grpc/storefront-handlers.ts';
import { reasonOf } from './grpc/to-proto.ts';

/** Pages composed from other services. */
export const storefront = defineService({
  name: 'storefront',
  config,
  start(ctx) {
    const composeProductPage = new ComposeProductPage(
      {
        catalogue: catalogueOf(ctx.client(CatalogService)),
        prices: pricesOf(ctx.client(PricingService)),
        availability: availabilityOf(ctx.client(InventoryService)),
        reviews: reviewsOf(ctx.client(ReviewService)),
      },
      { product: ctx.config.PRODUCT_DEADLINE_MS, section: ctx.config.SECTION_DEADLINE_MS },
      reasonOf,
      ctx.log,
    );
    return Promise.resolve({ rpc: [implement(StorefrontService, storefrontHandlers(composeProductPage))] });
  },
});
