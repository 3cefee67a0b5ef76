import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  InventoryService,
  ReserveStockRequestSchema,
  ReserveStockResponseSchema,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { loadMeshIdentity } from '@souk/rpc';
import { z } from 'zod';
import { root, runningPlatform } from '../platform.ts';

/** Private keys; what is public of them, in the names that a JWK has. */
const meshKeys = z.record(
  z.string(),
  z.looseObject({ kid: z.string(), kty: z.string(), crv: z.string(), x: z.string() }),
);

/** Where stock is reserved as the order service does it, by a client so thin that the server is what is measured. */
export interface OrderDesk {
  /** Reserves one unit for a new order. Rejects with the refusal. */
  reserve(sku: string): Promise<void>;
  close(): void;
}

/** Opens the inventory of the running platform in the order service's name. */
export async function openOrderDesk(): Promise<OrderDesk> {
  const keys = meshKeys.parse(JSON.parse(readFileSync(join(root, '.souk/dev/mesh-keys.json'), 'utf8')));
  const publicKeys = Object.values(keys).map(({ kid, kty, crv, x }) => ({ kid, kty, crv, x }));
  const order = await loadMeshIdentity(
    'order',
    JSON.stringify(keys['order']),
    JSON.stringify({ keys: publicKeys }),
  );
  const token = await order.callerToken('inventory');
  const [port] = runningPlatform().services['inventory'] ?? [];
  const client = new Client(`ipv4:127.0.0.1:${String(port)}`, credentials.createInsecure());
  return {
    reserve: (sku) =>
      new Promise((resolve, reject) => {
        const metadata = new Metadata();
        metadata.set('x-souk-caller-token', token);
        const request = create(ReserveStockRequestSchema, {
          orderId: newId(),
          lines: [{ sku, quantity: 1n }],
          ttl: { seconds: 60n },
          requestId: newId(),
        });
        client.makeUnaryRequest(
          `/${InventoryService.typeName}/ReserveStock`,
          (message: typeof request) => Buffer.from(toBinary(ReserveStockRequestSchema, message)),
          (bytes: Buffer) => fromBinary(ReserveStockResponseSchema, bytes),
          request,
          metadata,
          { deadline: Date.now() + 5_000 },
          (error) => {
            if (error === null) resolve();
            else reject(error);
          },
        );
      }),
    close: () => {
      client.close();
    },
  };
}
