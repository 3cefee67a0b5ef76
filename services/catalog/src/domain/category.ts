import { invalid, notFound } from '@souk/kernel';

/** A shelf of the shop. */
export interface Category {
  readonly categoryId: string;
  readonly title: string;
  /** Empty at the top. */
  readonly parentCategoryId: string;
  /** The place among its siblings, smallest first. */
  readonly position: number;
}

/** All categories of the shop with what follows from how they hang together. Immutable. */
export class CategoryTree {
  private readonly byId: ReadonlyMap<string, Category>;
  private readonly children: ReadonlyMap<string, readonly Category[]>;

  /**
   * @throws DomainError CATEGORY_NOT_FOUND when a parent is unknown, CATEGORY_LOOP when a category is below itself
   *   (metadata of both: category_id).
   */
  constructor(categories: readonly Category[]) {
    this.byId = new Map(categories.map((category) => [category.categoryId, category]));
    const children = new Map<string, Category[]>();
    for (const category of this.byId.values()) {
      const siblings = children.get(category.parentCategoryId) ?? [];
      siblings.push(category);
      children.set(category.parentCategoryId, siblings);
    }
    for (const siblings of children.values()) {
      siblings.sort((a, b) => a.position - b.position || (a.categoryId < b.categoryId ? -1 : 1));
    }
    this.children = children;
    for (const category of this.byId.values()) this.pathOf(category.categoryId);
  }

  /** The category, if it exists. */
  get(categoryId: string): Category | undefined {
    return this.byId.get(categoryId);
  }

  /** Parents before children, siblings by position. */
  inOrder(): Category[] {
    const below = (parent: string): Category[] =>
      (this.children.get(parent) ?? []).flatMap((category) => [category, ...below(category.categoryId)]);
    return below('');
  }

  /** The category and those above it, top first. */
  pathOf(categoryId: string): Category[] {
    const path: Category[] = [];
    let next = categoryId;
    while (next !== '') {
      const category = this.byId.get(next);
      if (category === undefined) throw unknownCategory(next);
      if (path.includes(category)) {
        throw invalid('CATEGORY_LOOP', `category ${categoryId} would be below itself`, {
          field: 'categories',
          metadata: { category_id: categoryId },
        });
      }
      path.unshift(category);
      next = category.parentCategoryId;
    }
    return path;
  }

  /** The ids of the category and of all below it; empty when there is no such category. */
  withDescendants(categoryId: string): string[] {
    if (!this.byId.has(categoryId)) return [];
    const below = (this.children.get(categoryId) ?? []).flatMap((child) =>
      this.withDescendants(child.categoryId),
    );
    return [categoryId, ...below];
  }

  /** @throws DomainError CATEGORY_NOT_FOUND (invalid; metadata: category_id) for the first id that names none. */
  requireAll(categoryIds: readonly string[]): void {
    for (const categoryId of categoryIds) {
      if (!this.byId.has(categoryId)) throw unknownCategory(categoryId);
    }
  }
}

/** The refusal to read a category that is not there. */
export function categoryNotFound(categoryId: string): Error {
  return notFound('CATEGORY_NOT_FOUND', 'there is no such category', {
    metadata: { category_id: categoryId },
  });
}

function unknownCategory(categoryId: string): Error {
  return invalid('CATEGORY_NOT_FOUND', `there is no category ${categoryId}`, {
    field: 'category_ids',
    metadata: { category_id: categoryId },
  });
}
