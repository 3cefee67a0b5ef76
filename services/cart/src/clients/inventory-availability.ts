import type { Client } from '@connectrpc/connect';
import type { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import type { Availability } from '../app/ports.ts';
import type { Stock } from '../domain/assessment.ts';

/** How long a cart waits for its stock check, in milliseconds, before it is shown without. */
const TIMEOUT_MS = 800;

/** What can be sold, according to inventory. */
export class InventoryAvailability implements Availability {
  readonly #inventory: Pick<Client<typeof InventoryService>, 'batchGetAvailability'>;

  constructor(inventory: Pick<Client<typeof InventoryService>, 'batchGetAvailability'>) {
    this.#inventory = inventory;
  }

  async stock(skus: readonly string[]): Promise<Stock> {
    const { availabilities } = await this.#inventory.batchGetAvailability(
      { skus: [...skus] },
      { timeoutMs: TIMEOUT_MS },
    );
    return new Map(availabilities.map(({ sku, available }) => [sku, available]));
  }
}
