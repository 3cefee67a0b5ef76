import type { CategoryRepository, ProductRepository } from './ports.ts';

/** A page of product ids. */
export interface ProductIdPage {
  readonly productIds: readonly string[];
  /** The last id when there are more. */
  readonly next: string | undefined;
}

/** Lists active products, newest first. */
export class ListProducts {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;

  constructor(products: ProductRepository, categories: CategoryRepository) {
    this.products = products;
    this.categories = categories;
  }

  /** @param categoryId of this category and those below it; empty lists all, an unknown one nothing. */
  async run(categoryId: string, after: string | undefined, limit: number): Promise<ProductIdPage> {
    const categoryIds =
      categoryId === '' ? undefined : (await this.categories.tree()).withDescendants(categoryId);
    const found = await this.products.listActiveIds(categoryIds, after, limit + 1);
    const productIds = found.slice(0, limit);
    return { productIds, next: found.length > limit ? productIds.at(-1) : undefined };
  }
}
