import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import { type InventoryService, RestockCondition } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { isReason } from '@souk/rpc';
import type { Stock } from '../app/ports.ts';
import type { StepCall } from '../app/saga/saga.ts';
import type { Rejection } from '../domain/order.ts';
import { checkoutRefused, type Refused, refusable, requestIdOf } from './step-call.ts';

/** Stock of the inventory service. */
export function inventoryStock(inventory: Client<typeof InventoryService>): Stock {
  const restock: Stock['restock'] = async ({ returnId, orderId, good, damaged }, call) => {
    const lines = [
      ...good.map((units) => ({ ...units, condition: RestockCondition.GOOD })),
      ...damaged.map((units) => ({ ...units, condition: RestockCondition.DAMAGED })),
    ].map(({ sku, quantity, locationId, condition }) => ({
      ...{ sku, locationId, condition },
      quantity: BigInt(quantity),
    }));
    const request = { returnId, orderId, lines, requestId: requestIdOf(call) };
    await refusable(inventory.restockReturn(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
  };

  return {
    async reserve({ orderId, regionCode, lines }, call) {
      const request = {
        orderId,
        shipToRegion: regionCode,
        lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: BigInt(quantity) })),
        requestId: requestIdOf(call),
      };
      const { reservation } = await refusable(
        inventory.reserveStock(request, { timeoutMs: call.timeoutMs }),
        rejectionOf,
      );
      return (reservation?.allocations ?? []).map(({ lineId, sku, locationId, quantity }) => ({
        ...{ lineId, sku, locationId },
        quantity: Number(quantity),
        shippedQuantity: 0,
        cancelledQuantity: 0,
      }));
    },
    async extend(orderId, ms, call) {
      const request = { orderId, ttl: durationFromMs(ms), requestId: requestIdOf(call) };
      await refusable(inventory.extendReservation(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async commit(orderId, call) {
      const request = { orderId, requestId: requestIdOf(call) };
      await refusable(inventory.commitReservation(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async giveBack(orderId, lines, call) {
      try {
        await release(inventory, orderId, call);
      } catch (error) {
        if (isReason(error, 'RESERVATION_NOT_FOUND')) return;
        if (!isReason(error, 'RESERVATION_COMMITTED')) throw error;
        await restock({ returnId: orderId, orderId, good: lines, damaged: [] }, restockCall(call));
      }
    },
    restock,
  };
}

async function release(
  inventory: Client<typeof InventoryService>,
  orderId: string,
  call: StepCall,
): Promise<void> {
  await inventory.releaseReservation(
    { orderId, requestId: requestIdOf(call) },
    { timeoutMs: call.timeoutMs },
  );
}

const restockCall = (call: StepCall): StepCall => ({ ...call, key: `${call.key}:restock` });

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
