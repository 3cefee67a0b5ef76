import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type SearchProductsResponseSchema,
  type VariantInfo,
  VariantInfoSchema,
} from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { type Category as CategoryMessage, CategorySchema } from '@souk/gen/souk/catalog/v1/category_pb';
import {
  type Product as ProductMessage,
  ProductSchema,
  ProductState as ProductStateMessage,
} from '@souk/gen/souk/catalog/v1/product_pb';
import { Money } from '@souk/kernel';
import { etagOf, moneyToProto } from '@souk/rpc';
import type { SearchAnswer } from '../app/search-products.ts';
import type { Category, CategoryTree } from '../domain/category.ts';
import type { Product, ProductState } from '../domain/product.ts';
import { INDEX_CURRENCY } from '../domain/search-query.ts';

const STATES: Readonly<Record<ProductState, ProductStateMessage>> = {
  draft: ProductStateMessage.DRAFT,
  active: ProductStateMessage.ACTIVE,
  deleted: ProductStateMessage.DELETED,
};

/** A product as the contract shows it. */
export function productToProto(product: Product): ProductMessage {
  return create(ProductSchema, {
    productId: product.productId,
    handle: product.handle,
    title: product.title,
    description: product.description,
    categoryIds: [...product.categoryIds],
    attributes: { ...product.attributes },
    variants: product.variants.map(({ sku, title, options, media }) => ({
      sku,
      title,
      options: { ...options },
      media: [...media],
    })),
    taxClass: product.taxClass,
    state: STATES[product.state],
    etag: etagOf(product.version),
    createTime: timestampFromDate(product.createTime),
    updateTime: timestampFromDate(product.updateTime),
  });
}

/** What other services learn of each variant of a product. */
export function variantInfosOf(product: Product): VariantInfo[] {
  return product.variants.map(({ sku, title, options }) =>
    create(VariantInfoSchema, {
      sku,
      title,
      options: { ...options },
      productId: product.productId,
      productTitle: product.title,
      handle: product.handle,
      taxClass: product.taxClass,
      active: product.state === 'active',
    }),
  );
}

/** A category as the contract shows it. */
export function categoryToProto(category: Category): CategoryMessage {
  return create(CategorySchema, category);
}

/** Everything of a search answer but its products, which are encoded already. */
export function searchAnswerToProto(
  answer: SearchAnswer,
  tree: CategoryTree,
  nextPageToken: string,
): MessageInitShape<typeof SearchProductsResponseSchema> {
  const price = (minor: number) => moneyToProto(Money.of(INDEX_CURRENCY, minor));
  const facets = [...answer.attributes].map(([name, values]) => ({
    name,
    values: values.map(({ value, count }) => ({ value, title: value, count })),
  }));
  if (answer.categories.length > 0) {
    facets.unshift({
      name: 'category',
      values: answer.categories.map(({ value, count }) => ({
        value,
        title: tree.get(value)?.title ?? value,
        count,
      })),
    });
  }
  return {
    facets,
    priceBuckets: answer.prices.map(({ from, to, count }) => ({
      minPrice: price(from),
      ...(to === undefined ? {} : { upperBound: price(to) }),
      count,
    })),
    ...(answer.total === undefined ? {} : { totalSize: answer.total }),
    nextPageToken,
    degraded: answer.degraded,
  };
}
