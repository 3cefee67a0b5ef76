import type { Client } from '@connectrpc/connect';
import type { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import type { Availability } from '../app/ports.ts';

/** Inventory over gRPC. */
export function availabilityOf(client: Client<typeof InventoryService>): Availability {
  return {
    async ofSkus(skus, signal) {
      const { availabilities } = await client.batchGetAvailability({ skus: [...skus] }, { signal });
      return availabilities.map(({ sku, available }) => ({ sku, available }));
    },
  };
}
