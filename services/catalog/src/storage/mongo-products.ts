import { alreadyExists } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { ensureIndexes, isDuplicateKey, saveNext } from '@souk/mongo';
import type { Collection, Db, Filter } from 'mongodb';
import type { ProductRepository } from '../app/ports.ts';
import type { Product } from '../domain/product.ts';
import { fromDocument, type ProductDocument, toDocument } from './product-document.ts';

/** Products in MongoDB. */
export class MongoProducts implements ProductRepository {
  readonly collection: Collection<ProductDocument>;
  private readonly factsOf: (product: Product) => Envelope[];
  private readonly onSaved: () => void;

  /**
   * @param factsOf the facts that tell of a product's new version.
   * @param onSaved told after a save, to relay facts at once.
   */
  constructor(db: Db, factsOf: (product: Product) => Envelope[], onSaved: () => void) {
    this.collection = db.collection<ProductDocument>('products');
    this.factsOf = factsOf;
    this.onSaved = onSaved;
  }

  /** Creates missing indexes. */
  async prepare(): Promise<void> {
    const isLive = { handle: { $exists: true } };
    await ensureIndexes(this.collection, [
      { key: { handle: 1 }, unique: true, partialFilterExpression: isLive },
      { key: { skus: 1 }, unique: true, partialFilterExpression: { skus: { $exists: true } } },
      { key: { active: 1, categoryIds: 1, _id: -1 } },
      { key: { active: 1, _id: -1 } },
      { key: { words: 1 } },
    ]);
  }

  async find(productId: string): Promise<Product | undefined> {
    const document = await this.collection.findOne({ _id: productId });
    return document === null ? undefined : fromDocument(document);
  }

  async findMany(productIds: readonly string[]): Promise<Product[]> {
    return this.read({ _id: { $in: [...productIds] } });
  }

  async findByHandles(handles: readonly string[]): Promise<Product[]> {
    return this.read({ handle: { $in: [...handles] } });
  }

  async findBySkus(skus: readonly string[]): Promise<Product[]> {
    return this.read({ skus: { $in: [...skus] } });
  }

  async listActiveIds(
    categoryIds: readonly string[] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    return this.readIds(inCategories(categoryIds), after, limit);
  }

  async findActiveIdsByWords(
    query: Parameters<ProductRepository['findActiveIdsByWords']>[0],
    categoryIds: readonly string[] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    const filters: Filter<ProductDocument>[] = [inCategories(categoryIds)];
    if (query.words.length > 0) filters.push({ words: { $all: [...query.words] } });
    for (const [name, values] of query.attributes) {
      filters.push({ attributePairs: { $in: values.map((value) => `${name}:${value}`) } });
    }
    return this.readIds({ $and: filters }, after, limit);
  }

  async *eachActive(batchSize: number): AsyncGenerator<Product[]> {
    let after: string | undefined;
    for (;;) {
      const documents = await this.collection
        .find({ active: true, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(batchSize)
        .toArray();
      if (documents.length === 0) return;
      yield documents.map(fromDocument);
      after = documents.at(-1)?._id;
    }
  }

  async save(next: Product): Promise<boolean> {
    try {
      const saved = await saveNext(this.collection, toDocument(next), this.factsOf(next));
      if (saved) this.onSaved();
      return saved;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw await this.taken(next);
    }
  }

  /** Says which of a product's unique values another one has; servers differ in what their error tells. */
  private async taken(next: Product): Promise<Error> {
    const [holder] = await this.read({ handle: next.handle, _id: { $ne: next.productId } });
    if (holder !== undefined) {
      return alreadyExists('HANDLE_TAKEN', `another product has the handle ${next.handle}`, {
        metadata: { handle: next.handle },
      });
    }
    const skus = next.variants.map(({ sku }) => sku);
    const others = await this.read({ skus: { $in: skus }, _id: { $ne: next.productId } });
    const sku = others.flatMap(({ variants }) => variants).find((variant) => skus.includes(variant.sku))?.sku;
    return alreadyExists('SKU_TAKEN', `another product has the SKU ${sku ?? skus.join(' or ')}`, {
      metadata: sku === undefined ? {} : { sku },
    });
  }

  private async read(filter: Filter<ProductDocument>): Promise<Product[]> {
    const documents = await this.collection.find(filter, { projection: { pending: 0, words: 0 } }).toArray();
    return documents.map(fromDocument);
  }

  private async readIds(
    filter: Filter<ProductDocument>,
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    const page = after === undefined ? {} : { _id: { $lt: after } };
    const documents = await this.collection
      .find({ $and: [{ active: true }, filter, page] })
      .project<{ _id: string }>({ _id: 1 })
      .sort({ _id: -1 })
      .limit(limit)
      .toArray();
    return documents.map(({ _id }) => _id);
  }
}

function inCategories(categoryIds: readonly string[] | undefined): Filter<ProductDocument> {
  return categoryIds === undefined ? {} : { categoryIds: { $in: [...categoryIds] } };
}
