import type { Money } from '@souk/kernel';

/** What composing a page needs to know of a product; the page shows more of it than this. */
export interface ProductFacts {
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly variants: readonly { readonly sku: string }[];
}

/** The catalogue. `Product` is shown as it comes. */
export interface Catalogue<Product extends ProductFacts> {
  /** @throws an error with the reason PRODUCT_NOT_FOUND. */
  product(idOrHandle: string, signal: AbortSignal): Promise<Product>;
  /** The newest products of a category. */
  ofCategory(categoryId: string, limit: number, signal: AbortSignal): Promise<Product[]>;
}

/** The price of a SKU by quantity. */
export interface SkuPrice {
  readonly sku: string;
  readonly tiers: readonly { readonly minQuantity: number; readonly unitPrice: Money }[];
}

/** Pricing. */
export interface Prices {
  /** Prices of those SKUs that have one. */
  ofSkus(skus: readonly string[], currency: string, signal: AbortSignal): Promise<SkuPrice[]>;
}

/** How many units of a SKU can be bought. */
export interface SkuAvailability {
  readonly sku: string;
  readonly available: bigint;
}

/** Inventory. */
export interface Availability {
  /** Of those SKUs that were ever in stock. */
  ofSkus(skus: readonly string[], signal: AbortSignal): Promise<SkuAvailability[]>;
}

/** What buyers think, in numbers. */
export interface Rating {
  readonly reviewCount: number;
  /** 0 when there is none. */
  readonly meanRating: number;
}

/** A review as the page shows it. */
export interface ReviewExcerpt {
  readonly reviewId: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
  readonly createTime: Date | undefined;
}

/** Reviews. */
export interface Reviews {
  rating(productId: string, signal: AbortSignal): Promise<Rating>;
  newest(productId: string, limit: number, signal: AbortSignal): Promise<ReviewExcerpt[]>;
}
