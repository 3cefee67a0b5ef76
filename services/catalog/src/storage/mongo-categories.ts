import type { Collection, Db } from 'mongodb';
import type { CategoryRepository } from '../app/ports.ts';
import { type Category, CategoryTree } from '../domain/category.ts';

interface CategoryDocument extends Omit<Category, 'categoryId'> {
  _id: string;
}

/** How long a process keeps the tree, in milliseconds: the longest it lags behind a change. */
const KEEP_MS = 2_000;

/** Categories in MongoDB. The whole tree is read at once and kept for a moment; a shop has hundreds, not millions. */
export class MongoCategories implements CategoryRepository {
  private readonly collection: Collection<CategoryDocument>;
  private held: { readonly tree: Promise<CategoryTree>; readonly until: number } | undefined;

  constructor(db: Db) {
    this.collection = db.collection<CategoryDocument>('categories');
  }

  async tree(): Promise<CategoryTree> {
    if (this.held !== undefined && Date.now() < this.held.until) return this.held.tree;
    const tree = this.freshTree();
    const held = { tree, until: Date.now() + KEEP_MS };
    this.held = held;
    // A failed read must not be kept.
    tree.catch(() => {
      if (this.held === held) this.held = undefined;
    });
    return tree;
  }

  async freshTree(): Promise<CategoryTree> {
    const documents = await this.collection.find().toArray();
    return new CategoryTree(documents.map(({ _id, ...rest }) => ({ ...rest, categoryId: _id })));
  }

  async save(categories: readonly Category[]): Promise<void> {
    await this.collection.bulkWrite(
      categories.map(({ categoryId, ...rest }) => ({
        updateOne: { filter: { _id: categoryId }, update: { $set: rest }, upsert: true },
      })),
    );
    this.held = undefined;
  }
}
