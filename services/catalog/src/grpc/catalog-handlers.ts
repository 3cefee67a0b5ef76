import { create, toBinary } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  BatchGetProductsResponseSchema,
  BatchGetVariantsResponseSchema,
  type CatalogService,
  CreateProductResponseSchema,
  GetProductResponseSchema,
  ListProductsRequestSchema,
  ListProductsResponseSchema,
  SearchProductsRequestSchema,
  SearchProductsResponseSchema,
  UpdateProductResponseSchema,
} from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { ProductSchema } from '@souk/gen/souk/catalog/v1/product_pb';
import { isUuid } from '@souk/kernel';
import {
  callOf,
  encodedReply,
  encodeField,
  fingerprintOf,
  type PageTokens,
  pageSizeOf,
  principalOf,
  versionOf,
} from '@souk/rpc';
import type { CreateProduct } from '../app/create-product.ts';
import type { DeleteProduct } from '../app/delete-product.ts';
import type { ListProducts } from '../app/list-products.ts';
import type { CategoryRepository, EncodedCatalogue, ProductRepository } from '../app/ports.ts';
import { productNotFound } from '../app/product-not-found.ts';
import type { SearchProducts } from '../app/search-products.ts';
import type { UpdateProduct } from '../app/update-product.ts';
import type { UpsertCategories } from '../app/upsert-categories.ts';
import type { UpsertProducts } from '../app/upsert-products.ts';
import { categoryNotFound } from '../domain/category.ts';
import { categoryFromProto, contentFromProto, patchFromProto, queryFromProto } from './from-proto.ts';
import type { Once } from './once.ts';
import { categoryToProto, productToProto, searchAnswerToProto } from './to-proto.ts';
import { upsertResultToProto } from './upsert-result-to-proto.ts';

/** What the handlers work with. */
export interface CatalogUseCases {
  readonly encoded: EncodedCatalogue;
  readonly products: ProductRepository;
  readonly categories: CategoryRepository;
  readonly listProducts: ListProducts;
  readonly searchProducts: SearchProducts;
  readonly createProduct: CreateProduct;
  readonly updateProduct: UpdateProduct;
  readonly deleteProduct: DeleteProduct;
  readonly upsertProducts: UpsertProducts;
  readonly upsertCategories: UpsertCategories;
  readonly pageTokens: PageTokens;
  readonly once: Once;
}

const WRITE = 'catalog.products.write';
/** Number of the field that holds the product or products in every response that is put together here. */
const PRODUCTS = 1;

/** The RPCs of catalog. Lists are put together from encoded products. */
export function catalogHandlers(use: CatalogUseCases): ServiceImpl<typeof CatalogService> {
  const { encoded, pageTokens } = use;
  return {
    async getProduct({ productId }, context) {
      const bytes = await encoded.product(productId);
      if (bytes !== undefined) return encodedReply(GetProductResponseSchema, encodeField(PRODUCTS, bytes));
      const draft = principalOf(context).permissions.has(WRITE) && (await findDraft(use, productId));
      if (!draft) throw productNotFound(productId);
      return { product: productToProto(draft) };
    },

    async listProducts(request) {
      const fingerprint = fingerprintOf(ListProductsRequestSchema, request);
      const after = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const size = pageSizeOf(request.pageSize, 20, 100);
      const page = await use.listProducts.run(request.categoryId, after, size);
      const nextPageToken = page.next === undefined ? '' : pageTokens.encode([page.next], fingerprint);
      const rest = toBinary(
        ListProductsResponseSchema,
        create(ListProductsResponseSchema, { nextPageToken }),
      );
      return encodedReply(ListProductsResponseSchema, join(await encoded.products(page.productIds), rest));
    },

    async searchProducts(request) {
      const fingerprint = fingerprintOf(SearchProductsRequestSchema, request);
      const cursor = pageTokens.decode(request.pageToken, fingerprint);
      const size = pageSizeOf(request.pageSize, 20, 100);
      const answer = await use.searchProducts.run(queryFromProto(request), cursor, size);
      const [items, tree] = await Promise.all([encoded.products(answer.productIds), use.categories.tree()]);
      const token = answer.next === undefined ? '' : pageTokens.encode(answer.next, fingerprint);
      const rest = create(SearchProductsResponseSchema, searchAnswerToProto(answer, tree, token));
      return encodedReply(
        SearchProductsResponseSchema,
        join(items, toBinary(SearchProductsResponseSchema, rest)),
      );
    },

    async batchGetProducts({ productIds }) {
      return encodedReply(BatchGetProductsResponseSchema, join(await encoded.products(productIds)));
    },

    async batchGetVariants({ skus }) {
      return encodedReply(BatchGetVariantsResponseSchema, join(await encoded.variants(skus)));
    },

    async createProduct(request, context) {
      const content = contentFromProto(request.product ?? create(ProductSchema));
      return use.once(callOf(context), request.requestId, CreateProductResponseSchema, async () => ({
        product: productToProto(await use.createProduct.run(content)),
      }));
    },

    async updateProduct(request, context) {
      const patch = patchFromProto(request);
      const { productId = '', etag = '' } = request.product ?? {};
      const version = versionOf(etag);
      return use.once(callOf(context), request.requestId, UpdateProductResponseSchema, async () => ({
        product: productToProto(await use.updateProduct.run(productId, version, patch)),
      }));
    },

    async deleteProduct({ productId, etag }) {
      await use.deleteProduct.run(productId, etag === '' ? undefined : versionOf(etag));
      return {};
    },

    async batchUpsertProducts({ products }) {
      const results = await use.upsertProducts.run(products.map(contentFromProto));
      return { results: results.map(upsertResultToProto) };
    },

    async getCategory({ categoryId }) {
      const category = (await use.categories.tree()).get(categoryId);
      if (category === undefined) throw categoryNotFound(categoryId);
      return { category: categoryToProto(category) };
    },

    async listCategories() {
      return { categories: (await use.categories.tree()).inOrder().map(categoryToProto) };
    },

    async upsertCategories({ categories }) {
      await use.upsertCategories.run(categories.map(categoryFromProto));
      return {};
    },
  };
}

async function findDraft({ products }: CatalogUseCases, idOrHandle: string) {
  const product = isUuid(idOrHandle)
    ? await products.find(idOrHandle)
    : (await products.findByHandles([idOrHandle]))[0];
  return product === undefined || product.state === 'deleted' ? undefined : product;
}

/** A response whose field 1 is a list of messages that are encoded already, and further encoded fields. */
function join(items: readonly Uint8Array[], rest: Uint8Array = new Uint8Array()): Uint8Array {
  return Buffer.concat([...items.map((item) => encodeField(PRODUCTS, item)), rest]);
}
