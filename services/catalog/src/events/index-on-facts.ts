import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { Money } from '@souk/gen/google/type/money_pb';
import {
  ProductChangedSchema,
  ProductDeletedSchema,
} from '@souk/gen/souk/catalog/events/v1/catalog_events_pb';
import { type PriceChanged, PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import { exponentOf } from '@souk/kernel';
import { type BatchHandler, onBatch } from '@souk/messaging';
import type { IndexProducts } from '../app/index-products.ts';
import type { ListedPriceRepository } from '../app/ports.ts';
import type { ListedPrice } from '../domain/sku-price.ts';

/** Brings the search index up to date when facts tell that products or prices changed, many at once. */
export function indexOnFacts(index: IndexProducts, prices: ListedPriceRepository): BatchHandler {
  return onBatch([ProductChangedSchema, ProductDeletedSchema, PriceChangedSchema], async (received) => {
    const productIds = new Set<string>();
    const changedPrices: ListedPrice[] = [];
    for (const { message } of received) {
      if (message.$typeName === 'souk.pricing.events.v1.PriceChanged')
        changedPrices.push(listedPriceFromProto(message));
      else productIds.add(message.productId);
    }
    await prices.save(changedPrices);
    await index.byId([...productIds]);
    await index.bySku([...new Set(changedPrices.map(({ sku }) => sku))]);
  });
}

function listedPriceFromProto(fact: PriceChanged): ListedPrice {
  return {
    priceListId: fact.priceListId,
    sku: fact.sku,
    currency: fact.currency,
    version: Number(fact.version),
    windows: fact.windows.map(({ tiers, validFromTime, validToTime }) => {
      const single = tiers.find(({ minQuantity }) => minQuantity === 1);
      return {
        unitMinor: minorOf(single?.unitPrice),
        from: dateOf(validFromTime),
        to: dateOf(validToTime),
      };
    }),
  };
}

function dateOf(time: Timestamp | undefined): Date | undefined {
  return time === undefined ? undefined : timestampDate(time);
}

function minorOf(money: Money | undefined): number | undefined {
  if (money === undefined) return undefined;
  const exponent = exponentOf(money.currencyCode);
  return Number(money.units) * 10 ** exponent + money.nanos / 10 ** (9 - exponent);
}
