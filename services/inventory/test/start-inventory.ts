import type { Client } from '@connectrpc/connect';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { WarehouseService } from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { startTestService, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';

/** An inventory on real engines, as its callers see it. */
export interface TestInventory {
  readonly service: TestService;
  /** As the order service calls it. */
  readonly order: Client<typeof InventoryService>;
  /** As a merchandiser calls it. */
  readonly staff: Client<typeof InventoryService>;
  /** As a warehouse worker calls it. */
  readonly warehouse: Client<typeof WarehouseService>;
  /** As a guest calls it. */
  readonly shopper: Client<typeof InventoryService>;
  /** As another guest calls it. */
  readonly stranger: Client<typeof InventoryService>;
  /** As anybody calls it. */
  readonly anyone: Client<typeof InventoryService>;
  /** Brings units in. */
  receive(sku: string, quantity: bigint): Promise<void>;
}

export async function startInventory(env: Record<string, string> = {}): Promise<TestInventory> {
  const started = await startTestService(service, { env });
  const principal = {
    kind: 'user' as const,
    id: newId(),
    roles: ['merchandiser'],
    permissions: ['inventory.stock.write', 'inventory.ledger.read'],
  };
  const staff = started.client(InventoryService, { principal });
  return {
    service: started,
    order: started.client(InventoryService, { caller: 'order' }),
    staff,
    warehouse: started.client(WarehouseService, { principal }),
    shopper: started.client(InventoryService, { principal: { kind: 'guest', id: newId() } }),
    stranger: started.client(InventoryService, { principal: { kind: 'guest', id: newId() } }),
    anyone: started.client(InventoryService),
    receive: async (sku, quantity) => {
      await staff.receiveStock({ lines: [{ sku, quantity }], requestId: newId() });
    },
  };
}

/** What an order's reservation says. */
export function reservationOf(
  orderId: string,
  ...lines: [sku: string, quantity: bigint][]
): {
  orderId: string;
  requestId: string;
  lines: { sku: string; quantity: bigint }[];
} {
  return { orderId, requestId: newId(), lines: lines.map(([sku, quantity]) => ({ sku, quantity })) };
}

/** The reason of a refusal; undefined for a success. */
export async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => errorInfoOf(error)?.reason ?? String(error),
  );
}
