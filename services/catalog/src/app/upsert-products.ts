import { type Clock, DomainError, newId } from '@souk/kernel';
import type { CategoryTree } from '../domain/category.ts';
import {
  changeProduct,
  createProduct,
  keysOf,
  type Product,
  type ProductContent,
} from '../domain/product.ts';
import type { CategoryRepository, EncodedCatalogue, ProductRepository } from './ports.ts';
import { changedMeanwhile } from './update-product.ts';

/** What became of one product of a batch. */
export type UpsertResult =
  | {
      readonly outcome: 'created' | 'updated' | 'unchanged';
      readonly handle: string;
      readonly productId: string;
    }
  | { readonly outcome: 'failed'; readonly handle: string; readonly error: DomainError };

/** How many products are written at the same time. */
const WRITERS = 16;
const ATTEMPTS = 3;

/** Creates or replaces products by handle; each succeeds or fails by itself. */
export class UpsertProducts {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly encoded: EncodedCatalogue;
  private readonly clock: Clock;

  constructor(
    products: ProductRepository,
    categories: CategoryRepository,
    encoded: EncodedCatalogue,
    clock: Clock,
  ) {
    this.products = products;
    this.categories = categories;
    this.encoded = encoded;
    this.clock = clock;
  }

  /** Results in the order of the items. A handle that comes twice is written twice, in order. */
  async run(items: readonly ProductContent[]): Promise<UpsertResult[]> {
    const tree = await this.categories.freshTree();
    const existing = await this.products.findByHandles(items.map(({ handle }) => handle));
    const byHandle = new Map(existing.map((product) => [product.handle, product]));
    const results: UpsertResult[] = [];
    for (let start = 0; start < items.length; start += WRITERS) {
      const group = items.slice(start, start + WRITERS);
      const isDistinct = new Set(group.map(({ handle }) => handle)).size === group.length;
      if (isDistinct) {
        const write = (item: ProductContent): Promise<UpsertResult> =>
          this.upsert(item, byHandle.get(item.handle), tree);
        results.push(...(await Promise.all(group.map(write))));
      } else {
        for (const item of group) {
          const [current] = await this.products.findByHandles([item.handle]);
          results.push(await this.upsert(item, current, tree));
        }
      }
    }
    return results;
  }

  private async upsert(
    content: ProductContent,
    known: Product | undefined,
    tree: CategoryTree,
  ): Promise<UpsertResult> {
    const { handle } = content;
    try {
      tree.requireAll(content.categoryIds);
      let current = known;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const next =
          current === undefined
            ? createProduct(newId(), content, this.clock.now())
            : changeProduct(current, content, this.clock.now());
        const { productId } = next;
        if (next === current) return { outcome: 'unchanged', handle, productId };
        if (await this.products.save(next)) {
          if (current === undefined) return { outcome: 'created', handle, productId };
          await this.encoded.forget(keysOf(current));
          return { outcome: 'updated', handle, productId };
        }
        [current] = await this.products.findByHandles([handle]);
      }
      throw changedMeanwhile(handle);
    } catch (error) {
      if (error instanceof DomainError) return { outcome: 'failed', handle, error };
      throw error;
    }
  }
}
