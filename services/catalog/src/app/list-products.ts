import { type Clock, type RecentReads, recentReads } from '@souk/kernel';
import type { CategoryRepository, ProductRepository } from './ports.ts';

/** A page of product ids. */
export interface ProductIdPage {
  readonly productIds: readonly string[];
  /** The last id when there are more. */
  readonly next: string | undefined;
}

/** Lists change seldom and everybody opens the same first pages: they may be this old, in milliseconds. */
const MAX_AGE_MS = 1_000;
const MAX_PAGES = 2_000;

/** Lists active products, newest first. */
export class ListProducts {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly recent: RecentReads<ProductIdPage>;

  constructor(products: ProductRepository, categories: CategoryRepository, clock: Clock) {
    this.products = products;
    this.categories = categories;
    this.recent = recentReads((keys) => this.readPages(keys), clock, {
      maxAgeMs: MAX_AGE_MS,
      maxEntries: MAX_PAGES,
    });
  }

  /** @param categoryId of this category and those below it; empty lists all, an unknown one nothing. */
  async run(categoryId: string, after: string | undefined, limit: number): Promise<ProductIdPage> {
    const key = JSON.stringify([categoryId, after ?? '', limit]);
    return (await this.recent.get([key])).get(key) ?? { productIds: [], next: undefined };
  }

  /** Forgets the pages that were read, after a product has changed. */
  forget(): void {
    this.recent.forget();
  }

  private async readPages(keys: readonly string[]): Promise<Map<string, ProductIdPage>> {
    return new Map(
      await Promise.all(
        keys.map(async (key): Promise<[string, ProductIdPage]> => {
          // Only `run` writes these keys.
          const [categoryId, after, limit] = JSON.parse(key) as [string, string, number];
          return [key, await this.readPage(categoryId, after === '' ? undefined : after, limit)];
        }),
      ),
    );
  }

  private async readPage(
    categoryId: string,
    after: string | undefined,
    limit: number,
  ): Promise<ProductIdPage> {
    const categoryIds =
      categoryId === '' ? undefined : (await this.categories.tree()).withDescendants(categoryId);
    const found = await this.products.listActiveIds(categoryIds, after, limit + 1);
    const productIds = found.slice(0, limit);
    return { productIds, next: found.length > limit ? productIds.at(-1) : undefined };
  }
}
