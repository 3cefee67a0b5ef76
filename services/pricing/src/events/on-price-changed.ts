import { PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';
import type { Prices } from '../app/ports.ts';

/** Clears cached prices once more, for the case that whoever changed them could not reach the cache. */
export function forgetChangedPrices(prices: Prices): BatchHandler {
  return onBatch([PriceChangedSchema], async (received) => {
    await prices.forget([...new Set(received.map(({ message }) => message.sku))]);
  });
}
