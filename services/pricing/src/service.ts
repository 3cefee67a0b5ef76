import { openCache } from '@souk/cache';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { CreatePromotionResponseSchema, PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { connectKafka, type Envelope } from '@souk/messaging';
import {
  ensureIndexes,
  ensureRequestLog,
  onceByRequestId,
  openMongo,
  type Relay,
  relayPendingEvents,
} from '@souk/mongo';
import { implement, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { BatchGetPrices } from './app/batch-get-prices.ts';
import { CreatePromotion } from './app/create-promotion.ts';
import { QuoteLines } from './app/quote-lines.ts';
import { UpdatePromotion } from './app/update-promotion.ts';
import { UpsertPriceLists } from './app/upsert-price-lists.ts';
import { UpsertPrices } from './app/upsert-prices.ts';
import { UpsertTaxRates } from './app/upsert-tax-rates.ts';
import { CatalogTaxClasses } from './clients/catalog-tax-classes.ts';
import { config } from './config.ts';
import { forgetChangedPrices } from './events/on-price-changed.ts';
import { forgetChangedProducts } from './events/on-product-changed.ts';
import { pricingFacts } from './events/to-event.ts';
import { historyEntriesOf } from './events/to-history.ts';
import { windowFromProto } from './grpc/from-proto.ts';
import { pricingHandlers } from './grpc/pricing-handlers.ts';
import { promotionToProto, windowToProto } from './grpc/to-proto.ts';
import { CachedPrices } from './storage/cached-prices.ts';
import { CachedRuleBook } from './storage/cached-rule-book.ts';
import { CachedTaxClasses } from './storage/cached-tax-classes.ts';
import { type HistoryDocument, MongoPriceHistory } from './storage/mongo-price-history.ts';
import { MongoPriceLists, type PriceListDocument } from './storage/mongo-price-lists.ts';
import { MongoPriceStore } from './storage/mongo-price-store.ts';
import { MongoPromotions, type PromotionDocument } from './storage/mongo-promotions.ts';
import { MongoTaxes, type TaxDocument } from './storage/mongo-taxes.ts';
import type { PriceDocument } from './storage/price-document.ts';

/** Pricing: price lists, promotions, tax and signed quotes. */
export const pricing = defineService({
  name: 'pricing',
  config,
  async start(ctx) {
    const { db } = openMongo(ctx);
    const collections = {
      prices: db.collection<PriceDocument>('prices'),
      history: db.collection<HistoryDocument>('price_history'),
      lists: db.collection<PriceListDocument>('price_lists'),
      promotions: db.collection<PromotionDocument>('promotions'),
      taxes: db.collection<TaxDocument>('tax_rates'),
    };
    await ensureIndexes(collections.prices, [{ key: { sku: 1 } }]);
    await ensureIndexes(collections.history, [{ key: { sku: 1, _id: -1 } }]);
    await ensureIndexes(collections.promotions, [{ key: { createTime: -1, _id: -1 } }]);

    await ensureRequestLog(db);

    const cache = openCache(ctx);
    const kafka = connectKafka(ctx);
    const history = new MongoPriceHistory(collections.history);
    const publish = async (envelopes: readonly Envelope[]): Promise<void> => {
      await history.append(envelopes.flatMap((envelope) => historyEntriesOf(envelope, windowFromProto)));
      await kafka.publish(envelopes);
    };
    const relays: Relay[] = await Promise.all([
      relayPendingEvents(ctx, collections.prices, { publish }),
      relayPendingEvents(ctx, collections.promotions, { publish }),
    ]);
    const kick = (): void => {
      for (const relay of relays) relay.kick();
    };

    const facts = pricingFacts(ctx, { window: windowToProto, promotion: promotionToProto });
    const rules = new CachedRuleBook(collections, ctx.clock);
    const prices = new CachedPrices(cache, collections.prices);
    const taxClasses = new CachedTaxClasses(cache, new CatalogTaxClasses(ctx.client(CatalogService)));
    const priceLists = new MongoPriceLists(collections.lists);
    const promotions = new MongoPromotions(collections.promotions, facts.promotionChanged, kick, ctx.clock);
    const priceStore = new MongoPriceStore(collections.prices, facts.priceChanged, kick);

    kafka.consume({ group: 'price-cache', batch: forgetChangedPrices(prices) });
    kafka.consume({ group: 'tax-class-cache', batch: forgetChangedProducts(taxClasses) });

    const useCases = {
      quoteLines: new QuoteLines(prices, taxClasses, rules, ctx.clock, ctx.config.quoteTtlS * 1_000),
      batchGetPrices: new BatchGetPrices(prices, rules, ctx.clock),
      upsertPrices: new UpsertPrices(priceStore, prices, rules, ctx.log),
      upsertPriceLists: new UpsertPriceLists(priceLists, rules),
      createPromotion: new CreatePromotion(promotions, rules),
      updatePromotion: new UpdatePromotion(promotions, rules),
      upsertTaxRates: new UpsertTaxRates(new MongoTaxes(collections.taxes), rules),
      history,
      priceLists,
      promotions,
    };
    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    const handlers = pricingHandlers(useCases, {
      mesh: ctx.mesh,
      clock: ctx.clock,
      pageTokens,
      createOnce: ({ principalId, ...rest }, effect) => {
        const scope = `CreatePromotion:${principalId}`;
        return onceByRequestId(db, { scope, schema: CreatePromotionResponseSchema, ...rest }, effect);
      },
    });
    return { rpc: [implement(PricingService, handlers)] };
  },
});
