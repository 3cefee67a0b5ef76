import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type CreatePromotionResponse,
  CreatePromotionResponseSchema,
  ListPriceHistoryRequestSchema,
  ListPriceListsRequestSchema,
  ListPromotionsRequestSchema,
  type PricingService,
} from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { TaxRateSchema } from '@souk/gen/souk/pricing/v1/tax_rate_pb';
import { type Clock, invalid } from '@souk/kernel';
import {
  callOf,
  etagMismatch,
  fingerprintOf,
  type MeshIdentity,
  type PageTokens,
  pageSizeOf,
  versionOf,
} from '@souk/rpc';
import type { BatchGetPrices } from '../app/batch-get-prices.ts';
import type { CreatePromotion } from '../app/create-promotion.ts';
import type { PriceHistory, PriceListStore, PromotionCursor, PromotionStore } from '../app/ports.ts';
import type { QuoteLines } from '../app/quote-lines.ts';
import type { UpdatePromotion } from '../app/update-promotion.ts';
import type { UpsertPriceLists } from '../app/upsert-price-lists.ts';
import type { UpsertPrices } from '../app/upsert-prices.ts';
import type { UpsertTaxRates } from '../app/upsert-tax-rates.ts';
import {
  priceInputFromProto,
  priceListFromProto,
  promotionFromProto,
  quoteFromProto,
  rateFromProto,
} from './from-proto.ts';
import { signQuote } from './quote-signer.ts';
import {
  historyEntryToProto,
  priceListToProto,
  promotionToProto,
  quoteToProto,
  skuPriceToProto,
} from './to-proto.ts';

/** What the handlers call. */
export interface PricingUseCases {
  readonly quoteLines: QuoteLines;
  readonly batchGetPrices: BatchGetPrices;
  readonly upsertPrices: UpsertPrices;
  readonly upsertPriceLists: UpsertPriceLists;
  readonly createPromotion: CreatePromotion;
  readonly updatePromotion: UpdatePromotion;
  readonly upsertTaxRates: UpsertTaxRates;
  readonly history: PriceHistory;
  readonly priceLists: PriceListStore;
  readonly promotions: PromotionStore;
}

/** What the handlers need besides. */
export interface PricingSurroundings {
  readonly mesh: Pick<MeshIdentity, 'sign'>;
  readonly clock: Clock;
  readonly pageTokens: PageTokens;
  /** Answers a repeated creation with the first answer. */
  createOnce(
    attempt: { readonly principalId: string; readonly requestId: string; readonly fingerprint: string },
    effect: () => Promise<CreatePromotionResponse>,
  ): Promise<CreatePromotionResponse>;
}

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;

/** Handlers of PricingService: decode, call, encode. */
export function pricingHandlers(
  use: PricingUseCases,
  { mesh, clock, pageTokens, createOnce }: PricingSurroundings,
): ServiceImpl<typeof PricingService> {
  return {
    async quoteLines(request) {
      const quote = quoteToProto(await use.quoteLines.quote(quoteFromProto(request)));
      const sign = !request.unsigned && quote.problems.length === 0;
      return { quote, signedQuote: sign ? await signQuote(mesh, quote, clock.now()) : '' };
    },

    async batchGetPrices({ skus, currency, country }) {
      const prices = await use.batchGetPrices.get(skus, currency, country);
      return { prices: prices.map((price) => skuPriceToProto(price, currency)) };
    },

    async listPriceHistory(request) {
      const { sku, priceListId, pageSize, pageToken } = request;
      const fingerprint = fingerprintOf(ListPriceHistoryRequestSchema, request);
      const [before] = pageTokens.decode(pageToken, fingerprint) ?? [];
      const limit = pageSizeOf(pageSize, PAGE_SIZE, MAX_PAGE_SIZE);
      const entries = await use.history.list({
        sku,
        priceListId: priceListId === '' ? undefined : priceListId,
        before,
        limit: limit + 1,
      });
      const { page, last } = pageOf(entries, limit);
      return {
        entries: page.map(historyEntryToProto),
        nextPageToken: last === undefined ? '' : pageTokens.encode([last.id], fingerprint),
      };
    },

    async upsertPriceLists({ priceLists }) {
      await use.upsertPriceLists.upsert(priceLists.map(priceListFromProto));
      return { priceLists };
    },

    async listPriceLists(request) {
      const fingerprint = fingerprintOf(ListPriceListsRequestSchema, request);
      const [after] = pageTokens.decode(request.pageToken, fingerprint) ?? [];
      const limit = pageSizeOf(request.pageSize, PAGE_SIZE, MAX_PAGE_SIZE);
      const { page, last } = pageOf(await use.priceLists.list(after, limit + 1), limit);
      return {
        priceLists: page.map(priceListToProto),
        nextPageToken: last === undefined ? '' : pageTokens.encode([last.id], fingerprint),
      };
    },

    async upsertPrices({ prices }) {
      const inputs = prices.map((price, index) => priceInputFromProto(price, `prices[${index}]`));
      const results = await use.upsertPrices.upsert(inputs);
      return { results: results.map(({ version, ...rest }) => ({ ...rest, version: BigInt(version) })) };
    },

    async createPromotion({ promotion, requestId }, context) {
      const { principal, fingerprint } = callOf(context);
      const effect = async (): Promise<CreatePromotionResponse> => {
        if (promotion === undefined) throw missing('promotion');
        const created = await use.createPromotion.create(
          promotionFromProto(promotion),
          requestId || undefined,
        );
        return create(CreatePromotionResponseSchema, { promotion: promotionToProto(created) });
      };
      return requestId === ''
        ? effect()
        : createOnce({ principalId: principal.id, requestId, fingerprint }, effect);
    },

    async updatePromotion({ promotion, updateMask }) {
      if (promotion === undefined) throw missing('promotion');
      if (promotion.etag === '') throw missing('promotion.etag');
      const version = versionOf(promotion.etag);
      const next = promotionFromProto(promotion);
      const updated = await use.updatePromotion.update(next, updateMask?.paths ?? [], (current) => {
        if (version !== BigInt(current)) throw etagMismatch(current);
      });
      return { promotion: promotionToProto(updated) };
    },

    async listPromotions(request) {
      const fingerprint = fingerprintOf(ListPromotionsRequestSchema, request);
      const after = promotionCursor(pageTokens.decode(request.pageToken, fingerprint));
      const limit = pageSizeOf(request.pageSize, PAGE_SIZE, MAX_PAGE_SIZE);
      const { page, last } = pageOf(await use.promotions.list(after, limit + 1), limit);
      const cursor = last && [last.createTime.toISOString(), last.id];
      return {
        promotions: page.map(promotionToProto),
        nextPageToken: cursor === undefined ? '' : pageTokens.encode(cursor, fingerprint),
      };
    },

    async upsertTaxRates({ taxRates }) {
      await use.upsertTaxRates.upsert(taxRates.map(rateFromProto));
      return { taxRates: taxRates.map((rate) => create(TaxRateSchema, rate)) };
    },
  };
}

/** Rows were asked for one beyond the page: if it came there is a next page, which starts after the page's last row. */
function pageOf<Row>(rows: readonly Row[], limit: number): { page: readonly Row[]; last: Row | undefined } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? page.at(-1) : undefined };
}

function promotionCursor(cursor: readonly string[] | undefined): PromotionCursor | undefined {
  const [createTime, id] = cursor ?? [];
  return createTime === undefined || id === undefined ? undefined : { createTime: new Date(createTime), id };
}

function missing(field: string): Error {
  return invalid('VALIDATION_FAILED', 'The field is required.', { field });
}
