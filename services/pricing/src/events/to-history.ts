import { fromBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import type { PriceWindow as PriceWindowMessage } from '@souk/gen/souk/pricing/v1/price_pb';
import type { Envelope } from '@souk/messaging';
import { moneyFromProto } from '@souk/rpc';
import type { HistoryEntry } from '../app/ports.ts';
import type { PriceWindow } from '../domain/price-window.ts';

/** The entries of the price history that a fact tells of, with ids that follow from the fact's. */
export function historyEntriesOf(envelope: Envelope): HistoryEntry[] {
  if (envelope.type !== PriceChangedSchema.typeName) return [];
  const { priceListId, sku, currency, setWindows } = fromBinary(PriceChangedSchema, envelope.payload);
  return setWindows.map((window, index) => ({
    // The fact's id grows with time; the place within it is padded so that ids sort as they were set.
    id: `${envelope.id}/${String(index).padStart(4, '0')}`,
    priceListId,
    sku,
    currency,
    window: windowFromProto(window),
    time: envelope.time,
  }));
}

function windowFromProto({ tiers, validFromTime, validToTime }: PriceWindowMessage): PriceWindow {
  return {
    from: validFromTime === undefined ? -Infinity : timestampMs(validFromTime),
    to: validToTime === undefined ? Infinity : timestampMs(validToTime),
    tiers: tiers.map(({ minQuantity, unitPrice }) => ({
      minQuantity,
      unitPrice: moneyFromProto(unitPrice, 'unit_price').minor,
    })),
  };
}
