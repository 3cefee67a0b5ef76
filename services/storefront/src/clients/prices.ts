import type { Client } from '@connectrpc/connect';
import type { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { moneyFromProto } from '@souk/rpc';
import type { Prices } from '../app/ports.ts';

/** Pricing over gRPC. */
export function pricesOf(client: Client<typeof PricingService>): Prices {
  return {
    async ofSkus(skus, currency, signal) {
      const { prices } = await client.batchGetPrices({ skus: [...skus], currency }, { signal });
      return prices.map(({ sku, breaks }) => ({
        sku,
        tiers: breaks.map(({ minQuantity, unitPrice }) => ({
          minQuantity,
          unitPrice: moneyFromProto(unitPrice, 'unit_price'),
        })),
      }));
    },
  };
}
