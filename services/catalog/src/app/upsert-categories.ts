import { type Category, CategoryTree } from '../domain/category.ts';
import type { CategoryRepository } from './ports.ts';

/** Creates or replaces categories. */
export class UpsertCategories {
  private readonly categories: CategoryRepository;
  private readonly onMoved: () => void;

  /** @param onMoved told when an existing category was renamed or moved, because the search index holds its name and path. */
  constructor(categories: CategoryRepository, onMoved: () => void) {
    this.categories = categories;
    this.onMoved = onMoved;
  }

  /** @throws DomainError CATEGORY_NOT_FOUND, CATEGORY_LOOP; nothing is written then. */
  async run(changed: readonly Category[]): Promise<void> {
    const present = await this.categories.freshTree();
    const byId = new Map([...present.inOrder(), ...changed].map((item) => [item.categoryId, item]));
    new CategoryTree([...byId.values()]);
    const differing = changed.filter((item) => !isSame(item, present.get(item.categoryId)));
    if (differing.length === 0) return;
    await this.categories.save(differing);
    if (differing.some((item) => present.get(item.categoryId) !== undefined)) this.onMoved();
  }
}

function isSame(a: Category, b: Category | undefined): boolean {
  return a.title === b?.title && a.parentCategoryId === b.parentCategoryId && a.position === b.position;
}
