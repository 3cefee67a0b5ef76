import type { Client } from '@connectrpc/connect';
import { type InventoryService, RestockCondition } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import type { Stock } from '../app/ports.ts';
import type { Rejection } from '../domain/order.ts';
import { checkoutRefused, type Refused, refusable, requestIdOf } from './step-call.ts';

/** Stock of the inventory service. */
export function inventoryStock(inventory: Client<typeof InventoryService>): Stock {
  return {
    async reserve(orderId, lines, call) {
      const request = {
        orderId,
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) })),
        requestId: requestIdOf(call),
      };
      await refusable(inventory.reserveStock(request, { timeoutMs: call.timeoutMs }), rejectionOf);
    },
    async commit(orderId, call) {
      const request = { orderId, requestId: requestIdOf(call) };
      await refusable(inventory.commitReservation(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async release(orderId, call) {
      await inventory.releaseReservation(
        { orderId, requestId: requestIdOf(call) },
        { timeoutMs: call.timeoutMs },
      );
    },
    async restock({ returnId, orderId, good, damaged }, call) {
      const lines = [
        ...good.map((units) => ({ ...units, condition: RestockCondition.GOOD })),
        ...damaged.map((units) => ({ ...units, condition: RestockCondition.DAMAGED })),
      ].map(({ sku, quantity, condition }) => ({ sku, quantity: BigInt(quantity), condition }));
      await inventory.restockReturn(
        { returnId, orderId, lines, requestId: requestIdOf(call) },
        { timeoutMs: call.timeoutMs },
      );
    },
  };
}

function rejectionOf(refused: Refused): Rejection {
  if (refused.reason === 'STOCK_INSUFFICIENT') return refused;
  // What was never in stock is sold out as far as a buyer is concerned.
  if (refused.reason === 'SKU_UNKNOWN')
    return {
      ...refused,
      reason: 'STOCK_INSUFFICIENT',
      metadata: { ...refused.metadata, available: '0' },
    };
  return checkoutRefused(refused);
}
