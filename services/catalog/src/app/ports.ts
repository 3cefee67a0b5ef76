import type { Category, CategoryTree } from '../domain/category.ts';
import type { Product } from '../domain/product.ts';
import type { SearchQuery } from '../domain/search-query.ts';
import type { ListedPrice } from '../domain/sku-price.ts';

/** Where products are kept. */
export interface ProductRepository {
  /** By id, in any state. */
  find(productId: string): Promise<Product | undefined>;
  /** Those that exist, in any state and order. */
  findMany(productIds: readonly string[]): Promise<Product[]>;
  /** Products that are not deleted, by handle. */
  findByHandles(handles: readonly string[]): Promise<Product[]>;
  /** Products that are not deleted and have one of the SKUs. */
  findBySkus(skus: readonly string[]): Promise<Product[]>;
  /** Ids of active products of any of the categories (all when undefined), newest first, after a product. */
  listActiveIds(
    categoryIds: readonly string[] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<string[]>;
  /** As {@link listActiveIds}, of those products that have all the words and attributes. */
  findActiveIdsByWords(
    query: { words: readonly string[]; attributes: SearchQuery['attributes'] },
    categoryIds: readonly string[] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<string[]>;
  /** All active products, in batches. */
  eachActive(batchSize: number): AsyncIterable<Product[]>;
  /**
   * Stores the next version of a product and the facts that tell of it. False when another writer was first.
   *
   * @throws DomainError HANDLE_TAKEN, SKU_TAKEN.
   */
  save(next: Product): Promise<boolean>;
}

/** Where categories are kept. */
export interface CategoryRepository {
  /** All of them, from a cache of seconds. */
  tree(): Promise<CategoryTree>;
  /** All of them, as they are now. */
  freshTree(): Promise<CategoryTree>;
  /** Creates or replaces. */
  save(categories: readonly Category[]): Promise<void>;
}

/** By what a product is looked up. */
export interface ProductKeys {
  readonly productId: string;
  readonly handle: string;
  readonly skus: readonly string[];
}

/** Encoded messages of what shoppers see, from caches where possible. */
export interface EncodedCatalogue {
  /** `Product` by id or handle; undefined when there is no active one. */
  product(idOrHandle: string): Promise<Uint8Array | undefined>;
  /** `Product`s that exist and are active, in the order asked for. */
  products(productIds: readonly string[]): Promise<Uint8Array[]>;
  /** `VariantInfo`s that exist, of active products and drafts. */
  variants(skus: readonly string[]): Promise<Uint8Array[]>;
  /** Forgets a product that changed. Never throws: what is not forgotten now is forgotten when the fact arrives. */
  forget(keys: ProductKeys): Promise<void>;
  /** Forgets a product for certain. @throws DomainError REDIS_UNAVAILABLE: to be repeated. */
  forgetSurely(keys: ProductKeys): Promise<void>;
}

/** A value of a facet and how many products have it. */
export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** How many products cost from `from` to below `to` minor units. */
interface PriceBucketCount {
  readonly from: number;
  readonly to: number | undefined;
  readonly count: number;
}

/** What a search found. */
export interface SearchHits {
  readonly productIds: readonly string[];
  /** The sort key of the last hit when there are more. */
  readonly next: readonly string[] | undefined;
  readonly total: number;
  readonly categories: readonly FacetCount[];
  readonly attributes: ReadonlyMap<string, readonly FacetCount[]>;
  readonly prices: readonly PriceBucketCount[];
}

/** The search index. */
export interface ProductSearch {
  /**
   * Finds products. Facets are counted on the first page only.
   *
   * @throws DomainError SEARCH_UNAVAILABLE when the engine or the index is away.
   */
  search(query: SearchQuery, after: readonly string[] | undefined, limit: number): Promise<SearchHits>;
}

/** What the search index holds of a product. */
export interface IndexedProduct {
  readonly product: Product;
  /** The categories of the product and those above them. */
  readonly categories: readonly Category[];
  /** The cheapest unit price of its variants, in minor units of the index's currency. */
  readonly priceMinor: number | undefined;
  /** Grows when any price of its variants changes, as long as the product stays at its version. */
  readonly priceVersion: number;
}

/** Writes the search index. */
export interface ProductIndex {
  /** Writes active products and removes others, each unless the index has a newer version of product or prices. False when there is no index. */
  write(entries: readonly IndexedProduct[]): Promise<boolean>;
  /** Sees to it that the index exists and is filled; `all` is read only when it is not. */
  ensure(all: () => AsyncIterable<readonly IndexedProduct[]>): Promise<void>;
  /** Builds a new index beside the present one and switches to it. */
  rebuild(all: () => AsyncIterable<readonly IndexedProduct[]>): Promise<void>;
}

/** Prices as pricing tells them, for search. */
export interface ListedPriceRepository {
  /** Stores prices, each unless a newer version is there. */
  save(prices: readonly ListedPrice[]): Promise<void>;
  /** All known prices of SKUs. */
  ofSkus(skus: readonly string[]): Promise<ListedPrice[]>;
}
