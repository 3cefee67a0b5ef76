import { type Logger, unavailable } from '@souk/kernel';
import type {
  Availability,
  Catalogue,
  Prices,
  ProductFacts,
  Rating,
  ReviewExcerpt,
  Reviews,
  SkuAvailability,
  SkuPrice,
} from './ports.ts';
import { inTime, LateError, type ReasonOf, type Section, section } from './section.ts';

/** What a shopper sees on a product's page. */
export interface ProductPage<Product> {
  readonly product: Product;
  readonly prices: Section<SkuPrice[]>;
  readonly availability: Section<SkuAvailability[]>;
  readonly rating: Section<Rating>;
  readonly reviews: Section<ReviewExcerpt[]>;
  readonly related: Section<Product[]>;
}

/** The services that a page is made from. */
export interface Sources<Product extends ProductFacts> {
  readonly catalogue: Catalogue<Product>;
  readonly prices: Prices;
  readonly availability: Availability;
  readonly reviews: Reviews;
}

/** How long a page waits, in milliseconds; together less than the page's own deadline. */
export interface PageDeadlines {
  readonly product: number;
  readonly section: number;
}

const REVIEWS = 5;
const RELATED = 6;

/** Composes product pages. */
export class ComposeProductPage<Product extends ProductFacts> {
  private readonly sources: Sources<Product>;
  private readonly deadlines: PageDeadlines;
  private readonly reasonOf: ReasonOf;
  private readonly log: Logger;

  constructor(sources: Sources<Product>, deadlines: PageDeadlines, reasonOf: ReasonOf, log: Logger) {
    this.sources = sources;
    this.deadlines = deadlines;
    this.reasonOf = reasonOf;
    this.log = log;
  }

  /** @throws what the catalogue throws (PRODUCT_NOT_FOUND), DomainError DEPENDENCY_UNAVAILABLE when it is late. */
  async run(idOrHandle: string, currency: string): Promise<ProductPage<Product>> {
    const { catalogue, prices, availability, reviews } = this.sources;
    const product = await this.product(idOrHandle);
    const { productId } = product;
    const skus = product.variants.map(({ sku }) => sku);
    const [priceSection, availabilitySection, ratingSection, reviewSection, relatedSection] =
      await Promise.all([
        this.section('prices', (signal) => prices.ofSkus(skus, currency, signal)),
        this.section('availability', (signal) => availability.ofSkus(skus, signal)),
        this.section('rating', (signal) => reviews.rating(productId, signal)),
        this.section('reviews', (signal) => reviews.newest(productId, REVIEWS, signal)),
        this.section('related', async (signal) => {
          const [categoryId] = product.categoryIds;
          if (categoryId === undefined) return [];
          // One more than shown, because the product itself may be among them.
          const found = await catalogue.ofCategory(categoryId, RELATED + 1, signal);
          return found.filter((other) => other.productId !== productId).slice(0, RELATED);
        }),
      ]);
    return {
      product,
      prices: priceSection,
      availability: availabilitySection,
      rating: ratingSection,
      reviews: reviewSection,
      related: relatedSection,
    };
  }

  private async product(idOrHandle: string): Promise<Product> {
    try {
      return await inTime(this.deadlines.product, (signal) =>
        this.sources.catalogue.product(idOrHandle, signal),
      );
    } catch (error) {
      if (error instanceof LateError)
        throw unavailable('DEPENDENCY_UNAVAILABLE', 'The catalogue does not answer.', {
          cause: error,
          metadata: { service: 'catalog' },
        });
      throw error;
    }
  }

  private async section<T>(name: string, load: (signal: AbortSignal) => Promise<T>): Promise<Section<T>> {
    const loaded = await section(this.deadlines.section, load, this.reasonOf);
    if (loaded.state === 'unavailable')
      this.log.warn({ section: name, reason: loaded.reason }, 'a section of a page is unavailable');
    return loaded;
  }
}
