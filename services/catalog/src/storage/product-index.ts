import { type IndexDefinition, IndexMissingError, type IndexOperation, type SearchIndex } from '@souk/search';
import type { IndexedProduct, ProductIndex } from '../app/ports.ts';

/** A product as the index holds it. */
interface SearchDocument {
  readonly title: string;
  readonly description: string;
  readonly variant_titles: readonly string[];
  readonly category_titles: readonly string[];
  readonly attribute_values: readonly string[];
  readonly skus: readonly string[];
  readonly categories: readonly string[];
  /** `name:value`. */
  readonly attributes: readonly string[];
  readonly price_minor?: number;
  readonly create_time: string;
  readonly product_id: string;
}

const text = { type: 'text', analyzer: 'words', copy_to: 'all' } as const;

/**
 * The form of the index. `all` holds every word and decides what matches; the single fields weigh it. `prefixes` holds the
 * beginnings of words, for words that are not typed to their end.
 */
export const PRODUCT_INDEX: IndexDefinition = {
  settings: {
    number_of_shards: 1,
    number_of_replicas: 0,
    refresh_interval: '500ms',
    analysis: {
      filter: {
        english: { type: 'stemmer', language: 'light_english' },
        beginnings: { type: 'edge_ngram', min_gram: 2, max_gram: 15 },
      },
      analyzer: {
        words: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'asciifolding', 'english'] },
        beginnings: {
          type: 'custom',
          tokenizer: 'standard',
          filter: ['lowercase', 'asciifolding', 'beginnings'],
        },
        plain: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'asciifolding'] },
      },
      normalizer: { lower: { type: 'custom', filter: ['lowercase', 'asciifolding'] } },
    },
  },
  mappings: {
    dynamic: 'strict',
    properties: {
      title: {
        ...text,
        copy_to: ['all', 'prefixes'],
        fields: { sort: { type: 'keyword', normalizer: 'lower' } },
      },
      description: text,
      variant_titles: text,
      category_titles: text,
      attribute_values: text,
      all: { type: 'text', analyzer: 'words' },
      prefixes: { type: 'text', analyzer: 'beginnings', search_analyzer: 'plain' },
      skus: { type: 'keyword', normalizer: 'lower' },
      categories: { type: 'keyword' },
      attributes: { type: 'keyword' },
      price_minor: { type: 'long' },
      create_time: { type: 'date' },
      product_id: { type: 'keyword' },
    },
  },
};

/** The search index in Elasticsearch, seen from whoever writes it. */
export class ElasticProductIndex implements ProductIndex {
  private readonly index: SearchIndex;

  constructor(index: SearchIndex) {
    this.index = index;
  }

  async write(entries: readonly IndexedProduct[]): Promise<boolean> {
    try {
      await this.index.write(entries.map(toOperation));
      return true;
    } catch (error) {
      if (error instanceof IndexMissingError) return false;
      throw error;
    }
  }

  async ensure(all: () => AsyncIterable<readonly IndexedProduct[]>): Promise<void> {
    await this.index.ensure(filling(all));
  }

  async rebuild(all: () => AsyncIterable<readonly IndexedProduct[]>): Promise<void> {
    await this.index.rebuild(filling(all));
  }
}

function filling(all: () => AsyncIterable<readonly IndexedProduct[]>) {
  return async (write: (operations: readonly IndexOperation[]) => Promise<void>): Promise<void> => {
    for await (const entries of all()) await write(entries.map(toOperation));
  };
}

// Room for the versions of a product's prices; leaves 29 bits of a safe integer for the product's own.
const PRICE_VERSIONS = 2 ** 24;

/**
 * The product's version, and among its equals the prices': facts of products and of prices are handled side by side, and
 * whoever has read older prices must not win by writing later.
 */
function versionOf({ product, priceVersion }: IndexedProduct): number {
  return product.version * PRICE_VERSIONS + Math.min(priceVersion, PRICE_VERSIONS - 1);
}

function toOperation(entry: IndexedProduct): IndexOperation {
  const { product, categories, priceMinor } = entry;
  const { productId: id } = product;
  const version = versionOf(entry);
  if (product.state !== 'active') return { kind: 'delete', id, version };
  const document: SearchDocument = {
    product_id: id,
    title: product.title,
    description: product.description,
    variant_titles: product.variants.map(({ title }) => title),
    category_titles: categories.map(({ title }) => title),
    attribute_values: [
      ...Object.values(product.attributes),
      ...product.variants.flatMap(({ options }) => Object.values(options)),
    ],
    skus: product.variants.map(({ sku }) => sku),
    categories: categories.map(({ categoryId }) => categoryId),
    attributes: Object.entries(product.attributes).map(([name, value]) => `${name}:${value}`),
    ...(priceMinor === undefined ? {} : { price_minor: priceMinor }),
    create_time: product.createTime.toISOString(),
  };
  return { kind: 'index', id, version, document };
}
