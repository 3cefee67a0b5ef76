import { openCache } from '@souk/cache';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { implement } from '@souk/rpc';
import { defineService } from '@souk/service';
import { AddItems } from './app/add-items.ts';
import { CloseCart } from './app/close-cart.ts';
import { GetCart } from './app/get-cart.ts';
import { GetCartForCheckout } from './app/get-cart-for-checkout.ts';
import { MergeCart } from './app/merge-cart.ts';
import { ViewCart } from './app/view-cart.ts';
import { CatalogVariants } from './clients/catalog-variants.ts';
import { InventoryAvailability } from './clients/inventory-availability.ts';
import { PricingQuotes } from './clients/pricing-quotes.ts';
import { config } from './config.ts';
import { cartHandlers } from './grpc/cart-handlers.ts';
import { CachedCatalogue } from './storage/cached-catalogue.ts';
import { RedisCarts } from './storage/redis-carts.ts';

/** Carts of guests and accounts. */
export const cart = defineService({
  name: 'cart',
  config,
  start(ctx) {
    const cache = openCache(ctx, { role: 'store' });
    const store = new RedisCarts(cache, ctx.clock);
    const viewCart = new ViewCart(
      new PricingQuotes(ctx.client(PricingService)),
      new InventoryAvailability(ctx.client(InventoryService)),
      ctx.log,
    );
    const handlers = cartHandlers({
      store,
      viewCart,
      getCart: new GetCart(store, viewCart),
      addItems: new AddItems(
        store,
        new CachedCatalogue(cache, new CatalogVariants(ctx.client(CatalogService))),
      ),
      mergeCart: new MergeCart(store),
      getCartForCheckout: new GetCartForCheckout(store),
      closeCart: new CloseCart(store),
      verifyAccessToken: ctx.verifyAccessToken,
    });
    return Promise.resolve({ rpc: [implement(CartService, handlers)] });
  },
});
