import { toBinary } from '@bufbuild/protobuf';
import { openCache } from '@souk/cache';
import { CatalogService, VariantInfoSchema } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { ProductSchema } from '@souk/gen/souk/catalog/v1/product_pb';
import { connectKafka } from '@souk/messaging';
import { ensureRequestLog, openMongo, relayPendingEvents } from '@souk/mongo';
import { implement, PageTokens } from '@souk/rpc';
import { openSearch, SearchIndex } from '@souk/search';
import { defineService } from '@souk/service';
import { CreateProduct } from './app/create-product.ts';
import { DeleteProduct } from './app/delete-product.ts';
import { IndexProducts } from './app/index-products.ts';
import { ListProducts } from './app/list-products.ts';
import { SearchProducts } from './app/search-products.ts';
import { UpdateProduct } from './app/update-product.ts';
import { UpsertCategories } from './app/upsert-categories.ts';
import { UpsertProducts } from './app/upsert-products.ts';
import { config } from './config.ts';
import { indexOnFacts } from './events/index-on-facts.ts';
import { forgetOnProductFacts } from './events/on-product-facts.ts';
import { toEvent } from './events/to-event.ts';
import { catalogHandlers } from './grpc/catalog-handlers.ts';
import { productToProto, variantInfosOf } from './grpc/to-proto.ts';
import { ElasticProductSearch } from './storage/elastic-product-search.ts';
import { CachedCatalogue } from './storage/encoded-catalogue.ts';
import { MongoCategories } from './storage/mongo-categories.ts';
import { MongoListedPrices } from './storage/mongo-listed-prices.ts';
import { MongoProducts } from './storage/mongo-products.ts';
import { onceInMongo } from './storage/once.ts';
import { ElasticProductIndex, PRODUCT_INDEX } from './storage/product-index.ts';

/** The catalogue. */
export const catalog = defineService({
  name: 'catalog',
  config,
  async start(ctx) {
    const { db } = openMongo(ctx);
    const cache = openCache(ctx);
    const kafka = connectKafka(ctx);
    const searchIndex = new SearchIndex(openSearch(ctx), 'products', PRODUCT_INDEX, ctx.log);

    const products = new MongoProducts(
      db,
      (product) => [toEvent(ctx, product, productToProto)],
      () => {
        listProducts.forget();
        relay.kick();
      },
    );
    const categories = new MongoCategories(db);
    const listProducts = new ListProducts(products, categories, ctx.clock);
    const prices = new MongoListedPrices(db);
    await Promise.all([products.prepare(), prices.prepare(), ensureRequestLog(db)]);
    const relay = await relayPendingEvents(ctx, products.collection, kafka);

    const encoded = new CachedCatalogue(
      cache,
      products,
      {
        product: (product) => toBinary(ProductSchema, productToProto(product)),
        variants: (product) =>
          new Map(variantInfosOf(product).map((info) => [info.sku, toBinary(VariantInfoSchema, info)])),
      },
      ctx.log,
    );
    const index = new IndexProducts(
      products,
      categories,
      prices,
      new ElasticProductIndex(searchIndex),
      ctx.clock,
    );
    const inBackground = (what: string, work: () => Promise<void>): void => {
      work().catch((error: unknown) => ctx.log.warn({ err: error }, `${what} failed`));
    };
    ctx.worker('search-index', () => index.ensure());
    kafka.consume({ group: 'cache', handlers: forgetOnProductFacts(encoded) });
    kafka.consume({ group: 'index', batch: indexOnFacts(index, prices) });

    const engine = new ElasticProductSearch(searchIndex, ctx.clock, () => {
      inBackground('building the lost search index', () => index.ensure());
    });
    return {
      rpc: [
        implement(
          CatalogService,
          catalogHandlers({
            encoded,
            products,
            categories,
            listProducts,
            searchProducts: new SearchProducts(engine, products, categories, ctx.log),
            createProduct: new CreateProduct(products, categories, ctx.clock),
            updateProduct: new UpdateProduct(products, categories, encoded, ctx.clock),
            deleteProduct: new DeleteProduct(products, encoded, ctx.clock),
            upsertProducts: new UpsertProducts(products, categories, encoded, ctx.clock),
            upsertCategories: new UpsertCategories(categories, () => {
              inBackground('building the search index anew', () => index.rebuild());
            }),
            pageTokens: new PageTokens(ctx.secret('page-tokens')),
            once: onceInMongo(db),
          }),
        ),
      ],
    };
  },
});
