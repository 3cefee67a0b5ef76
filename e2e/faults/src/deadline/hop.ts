import type { HandlerContext } from '@connectrpc/connect';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import { implement } from '@souk/rpc';
import { defineService, runService, type ServiceContext } from '@souk/service';
import { z } from 'zod';
import { HOPS, hop, type Sighting, VARIABLES } from './hops.ts';

// One of four services that do nothing but ask the next, on the platform's own server and client. The last never answers.
const name = hop.parse(process.env[VARIABLES.hop]);
const collector = z.url().parse(process.env[VARIABLES.collector]);

function tell(sighting: Omit<Sighting, 'hop'>): void {
  fetch(collector, { method: 'POST', body: JSON.stringify({ hop: name, ...sighting }) }).catch(
    () => undefined,
  );
}

/** Notes when a call comes, how much time it has left, and when it is given up. */
function watch(call: HandlerContext): void {
  tell({ event: 'came', at: Date.now(), leftMs: call.timeoutMs() ?? -1 });
  call.signal.addEventListener('abort', () => tell({ event: 'ended', at: Date.now(), leftMs: 0 }), {
    once: true,
  });
}

const forEver = new Promise<never>(() => undefined);

function implementation(context: ServiceContext<object>): ReturnType<typeof implement> {
  const catalog = context.client(CatalogService);
  switch (name) {
    case 'storefront':
      return implement(StorefrontService, {
        async getProductPage({ productId }, call) {
          watch(call);
          await catalog.getProduct({ productId });
          return {};
        },
      });
    case 'catalog-near':
      return implement(CatalogService, {
        async getProduct({ productId }, call) {
          watch(call);
          await context.client(PricingService).batchGetPrices({ skus: [productId], currency: 'GBP' });
          return {};
        },
      });
    case 'pricing':
      return implement(PricingService, {
        async batchGetPrices({ skus }, call) {
          watch(call);
          await catalog.batchGetVariants({ skus });
          return {};
        },
      });
    case 'catalog-far':
      return implement(CatalogService, {
        batchGetVariants(_request, call) {
          watch(call);
          return forEver;
        },
      });
  }
}

await runService(
  defineService({
    name: HOPS[name],
    config: z.object({}),
    start: async (context) => ({ rpc: [implementation(context)] }),
  }),
);
