import type { Aggregate } from '@souk/mongo';
import { keysOf, type Product } from '../domain/product.ts';
import { wordsOf } from '../domain/search-query.ts';

/** A product as MongoDB keeps it: the product itself and what is looked up by. */
export interface ProductDocument extends Aggregate {
  product: Omit<Product, 'productId' | 'version' | 'attributes' | 'variants'> & {
    attributes: [string, string][];
    variants: (Omit<Product['variants'][number], 'options'> & { options: [string, string][] })[];
  };
  /** Shoppers see it. */
  active: boolean;
  /** Unique while the product is not deleted, absent afterwards. */
  handle: string | undefined;
  /** Each unique while the product is not deleted, absent afterwards. */
  skus: string[] | undefined;
  categoryIds: string[];
  /** `name:value`. */
  attributePairs: string[];
  /** For the search that stands in while the search engine is away. */
  words: string[];
}

/** The document of a product. Maps become pairs, because a key of a shopper's making must not become a field name. */
export function toDocument(product: Product): ProductDocument {
  const { productId, version, ...rest } = product;
  const isLive = product.state !== 'deleted';
  return {
    _id: productId,
    version,
    product: {
      ...rest,
      attributes: Object.entries(product.attributes),
      variants: product.variants.map((variant) => ({
        ...variant,
        options: Object.entries(variant.options),
      })),
    },
    active: product.state === 'active',
    handle: isLive ? product.handle : undefined,
    skus: isLive ? keysOf(product).skus : undefined,
    categoryIds: [...product.categoryIds],
    attributePairs: Object.entries(product.attributes).map(([name, value]) => `${name}:${value}`),
    words: wordsOf(
      product.title,
      product.description,
      ...Object.values(product.attributes),
      ...product.variants.flatMap(({ sku, title }) => [sku, title]),
    ),
  };
}

/** The product of a document. */
export function fromDocument({ _id, version, product }: ProductDocument): Product {
  return {
    ...product,
    productId: _id,
    version,
    attributes: Object.fromEntries(product.attributes),
    variants: product.variants.map((variant) => ({
      ...variant,
      options: Object.fromEntries(variant.options),
    })),
  };
}
