import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate, timestampFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { Money } from '@souk/kernel';
import type {
  PriceHistoryEntrySchema,
  PriceListSchema,
  PriceWindowSchema,
  SkuPriceSchema,
} from '@souk/gen/souk/pricing/v1/price_pb';
import type { PromotionSchema } from '@souk/gen/souk/pricing/v1/promotion_pb';
import {
  type Quote as QuoteMessage,
  type QuotedLineSchema,
  QuoteProblemKind,
  QuoteSchema,
} from '@souk/gen/souk/pricing/v1/quote_pb';
import { etagOf, moneyToProto } from '@souk/rpc';
import type { SkuPrice } from '../app/batch-get-prices.ts';
import type { HistoryEntry, StoredPromotion } from '../app/ports.ts';
import type { Quote } from '../app/quote-lines.ts';
import type { PriceList } from '../domain/price-list.ts';
import type { PriceWindow } from '../domain/price-window.ts';
import type { PricedLine } from '../domain/quote.ts';

/** An end of a validity; an open one is left out. */
function instantToProto(instant: number): Timestamp | undefined {
  return Number.isFinite(instant) ? timestampFromMs(instant) : undefined;
}

/** The start and end of a validity. */
function validityToProto({ from, to }: { from: number; to: number }): {
  validFromTime?: Timestamp;
  validToTime?: Timestamp;
} {
  const validFromTime = instantToProto(from);
  const validToTime = instantToProto(to);
  return { ...(validFromTime && { validFromTime }), ...(validToTime && { validToTime }) };
}

/** A window of a price whose list is in `currency`. */
export function windowToProto(
  window: PriceWindow,
  currency: string,
): MessageInitShape<typeof PriceWindowSchema> {
  return {
    ...validityToProto(window),
    tiers: window.tiers.map(({ minQuantity, unitPrice }) => ({
      minQuantity,
      unitPrice: moneyToProto(Money.of(currency, unitPrice)),
    })),
  };
}

/** A promotion with its etag. */
export function promotionToProto(promotion: StoredPromotion): MessageInitShape<typeof PromotionSchema> {
  const { id, title, threshold, basisPoints, paused, version, createTime, updateTime } = promotion;
  return {
    promotionId: id,
    title,
    threshold: moneyToProto(threshold),
    basisPoints,
    ...validityToProto(promotion),
    paused,
    etag: etagOf(version),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  };
}

/** A price list. */
export function priceListToProto({ id, ...rest }: PriceList): MessageInitShape<typeof PriceListSchema> {
  return { ...rest, priceListId: id, countries: [...rest.countries] };
}

/** What a SKU costs now, in `currency`. */
export function skuPriceToProto(
  { sku, breaks }: SkuPrice,
  currency: string,
): MessageInitShape<typeof SkuPriceSchema> {
  return {
    sku,
    breaks: breaks.map(({ minQuantity, unitPrice, priceListId }) => ({
      minQuantity,
      unitPrice: moneyToProto(Money.of(currency, unitPrice)),
      priceListId,
    })),
  };
}

/** An entry of a price's history. */
export function historyEntryToProto(entry: HistoryEntry): MessageInitShape<typeof PriceHistoryEntrySchema> {
  const { priceListId, sku, currency, window, time } = entry;
  return { priceListId, sku, window: windowToProto(window, currency), createTime: timestampFromDate(time) };
}

/** A quote. */
export function quoteToProto(quote: Quote): QuoteMessage {
  const { totals } = quote;
  return create(QuoteSchema, {
    quoteId: quote.id,
    currency: quote.currency,
    country: quote.country,
    customerId: quote.customerId,
    priceTime: timestampFromDate(quote.priceTime),
    expireTime: timestampFromDate(quote.expireTime),
    lines: quote.lines.map(lineToProto),
    totals: {
      listAmount: moneyToProto(totals.list),
      discount: moneyToProto(totals.discount),
      netAmount: moneyToProto(totals.net),
      tax: moneyToProto(totals.tax),
      total: moneyToProto(totals.total),
    },
    promotions: quote.discounts.map(({ promotion, amount }) => ({
      promotionId: promotion.id,
      title: promotion.title,
      discount: moneyToProto(amount),
    })),
    problems: quote.unpriced.map(({ lineId, sku }) => ({ lineId, sku, kind: QuoteProblemKind.NO_PRICE })),
  });
}

function lineToProto(line: PricedLine): MessageInitShape<typeof QuotedLineSchema> {
  return {
    lineId: line.lineId,
    sku: line.sku,
    quantity: line.quantity,
    unitPrice: moneyToProto(line.unitPrice),
    listAmount: moneyToProto(line.list),
    discount: moneyToProto(line.discount),
    netAmount: moneyToProto(line.net),
    tax: moneyToProto(line.tax),
    total: moneyToProto(line.total),
    explanation: {
      priceListId: line.price.priceListId,
      tierMinQuantity: line.price.minQuantity,
      taxClass: line.taxClass,
      taxBasisPoints: line.taxBasisPoints,
    },
  };
}
