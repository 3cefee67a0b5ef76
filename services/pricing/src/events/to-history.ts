import { fromBinary } from '@bufbuild/protobuf';
import { PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import type { PriceWindow as PriceWindowMessage } from '@souk/gen/souk/pricing/v1/price_pb';
import type { Envelope } from '@souk/messaging';
import type { HistoryEntry } from '../app/ports.ts';
import type { PriceWindow } from '../domain/price-window.ts';

/**
 * The entries of the price history that a fact tells of, with ids that follow from the fact's.
 *
 * @param decode - reads a window as the contract writes it.
 */
export function historyEntriesOf(
  envelope: Envelope,
  decode: (window: PriceWindowMessage) => PriceWindow,
): HistoryEntry[] {
  if (envelope.type !== PriceChangedSchema.typeName) return [];
  const { priceListId, sku, currency, setWindows } = fromBinary(PriceChangedSchema, envelope.payload);
  return setWindows.map((window, index) => ({
    // The fact's id grows with time; the place within it is padded so that ids sort as they were set.
    id: `${envelope.id}/${String(index).padStart(4, '0')}`,
    priceListId,
    sku,
    currency,
    window: decode(window),
    time: envelope.time,
  }));
}
