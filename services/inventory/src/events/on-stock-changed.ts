import { isMessage } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  type KitChanged,
  KitChangedSchema,
  type StockChanged,
  StockChangedSchema,
} from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import { BackorderMode } from '@souk/gen/souk/inventory/v1/warehouse_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';
import type { AvailabilityView, Kit } from '../app/ports.ts';
import type { StockLevel } from '../domain/stock.ts';

/**
 * Projects stock changes into the read model. An event carries the whole level and a version, so of a batch only the
 * newest per level matters, and repeats or late ones change nothing.
 */
export function onStockChanged(view: AvailabilityView): BatchHandler {
  return onBatch([StockChangedSchema, KitChangedSchema], async (received) => {
    const newest = new Map<string, StockChanged>();
    for (const { message } of received) {
      if (isMessage(message, KitChangedSchema)) {
        await view.applyKit(toKit(message));
        continue;
      }
      const key = `${message.locationId} ${message.sku}`;
      if (message.version > (newest.get(key)?.version ?? 0n)) newest.set(key, message);
    }
    await view.apply(Array.from(newest.values(), toLevel));
  });
}

function toKit({ kitSku, components, version }: KitChanged): Kit {
  return {
    kitSku,
    version,
    components: components.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) })),
  };
}

function backorderModeOf(mode: BackorderMode): StockLevel['backorderMode'] {
  switch (mode) {
    case BackorderMode.BACKORDER:
      return 'backorder';
    case BackorderMode.PREORDER:
      return 'preorder';
    case BackorderMode.UNSPECIFIED:
      return 'none';
  }
}

function toLevel(message: StockChanged): StockLevel {
  return {
    sku: message.sku,
    locationId: message.locationId,
    onHand: Number(message.onHand),
    reserved: Number(message.reserved),
    damaged: Number(message.damaged),
    version: message.version,
    position: message.position,
    updateTime: message.occurTime === undefined ? new Date(0) : timestampDate(message.occurTime),
    incoming: Number(message.incoming),
    backordered: Number(message.backordered),
    safetyStock: Number(message.safetyStock),
    backorderMode: backorderModeOf(message.backorderMode),
    backorderLimit: Number(message.backorderLimit),
    expectTime: message.expectTime && timestampDate(message.expectTime),
    lowStockAt: undefined,
    overstockAt: undefined,
  };
}
