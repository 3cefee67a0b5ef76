import { type Timestamp, timestampDate, timestampMs } from '@bufbuild/protobuf/wkt';
import type {
  PriceList as PriceListMessage,
  PriceWindow as PriceWindowMessage,
} from '@souk/gen/souk/pricing/v1/price_pb';
import type {
  PriceInput as PriceInputMessage,
  QuoteLinesRequest,
} from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import type { Promotion as PromotionMessage } from '@souk/gen/souk/pricing/v1/promotion_pb';
import type { TaxRate } from '@souk/gen/souk/pricing/v1/tax_rate_pb';
import { moneyFromProto } from '@souk/rpc';
import type { RateInput } from '../app/ports.ts';
import type { QuoteQuery } from '../app/quote-lines.ts';
import type { PriceInput } from '../domain/price-input.ts';
import type { PriceList } from '../domain/price-list.ts';
import type { PriceWindow } from '../domain/price-window.ts';
import type { Promotion } from '../domain/promotion.ts';

/** What is to be quoted. */
export function quoteFromProto(request: QuoteLinesRequest): QuoteQuery {
  const { currency, country, customerId, lines, priceTime } = request;
  return {
    currency,
    country,
    customerId,
    lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
    priceTime: priceTime && timestampDate(priceTime),
  };
}

/** A price to set. @param field its path in the request, for errors. */
export function priceInputFromProto(input: PriceInputMessage, field: string): PriceInput {
  const { priceListId, sku, tiers, validFromTime, validToTime } = input;
  return {
    priceListId,
    sku,
    tiers: tiers.map(({ minQuantity, unitPrice }, index) => ({
      minQuantity,
      unitPrice: moneyFromProto(unitPrice, `${field}.tiers[${index}].unit_price`),
    })),
    from: startFromProto(validFromTime),
    to: endFromProto(validToTime),
  };
}

/** A window of a price, as facts carry it. */
export function windowFromProto({ tiers, validFromTime, validToTime }: PriceWindowMessage): PriceWindow {
  return {
    from: startFromProto(validFromTime),
    to: endFromProto(validToTime),
    tiers: tiers.map(({ minQuantity, unitPrice }) => ({
      minQuantity,
      unitPrice: moneyFromProto(unitPrice, 'unit_price').minor,
    })),
  };
}

/** A price list. */
export function priceListFromProto({ priceListId, title, currency, countries }: PriceListMessage): PriceList {
  return { id: priceListId, title, currency, countries };
}

/** A promotion with the values that people edit. */
export function promotionFromProto(promotion: PromotionMessage): Promotion {
  const { promotionId, title, threshold, basisPoints, validFromTime, validToTime, paused } = promotion;
  return {
    id: promotionId,
    title,
    threshold: moneyFromProto(threshold, 'promotion.threshold'),
    basisPoints,
    from: startFromProto(validFromTime),
    to: endFromProto(validToTime),
    paused,
  };
}

/** A tax rate to set. */
export function rateFromProto({ country, taxClass, basisPoints, validFromTime }: TaxRate): RateInput {
  return { country, taxClass, rate: { from: startFromProto(validFromTime), basisPoints } };
}

function startFromProto(time: Timestamp | undefined): number {
  return time === undefined ? -Infinity : timestampMs(time);
}

function endFromProto(time: Timestamp | undefined): number {
  return time === undefined ? Infinity : timestampMs(time);
}
