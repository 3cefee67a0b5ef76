import { DomainError, type Logger, unavailable } from '@souk/kernel';
import { type SearchQuery, wordsOf } from '../domain/search-query.ts';
import type { CategoryRepository, ProductRepository, ProductSearch, SearchHits } from './ports.ts';

/** What a search found and who answered. */
export interface SearchAnswer extends Omit<SearchHits, 'total'> {
  /** Unknown when the database answered. */
  readonly total: number | undefined;
  readonly degraded: boolean;
}

// The first part of a cursor says who made it: one engine cannot continue where the other stopped.
const BY_ENGINE = 'e';
const BY_DATABASE = 'd';

/** Searches products: by the search engine, or by the database while the engine is away. */
export class SearchProducts {
  private readonly engine: ProductSearch;
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly log: Logger;

  constructor(
    engine: ProductSearch,
    products: ProductRepository,
    categories: CategoryRepository,
    log: Logger,
  ) {
    this.engine = engine;
    this.products = products;
    this.categories = categories;
    this.log = log;
  }

  /**
   * @param cursor `next` of the page before.
   * @throws DomainError SEARCH_UNAVAILABLE when the engine that began a paging is away now.
   */
  async run(query: SearchQuery, cursor: readonly string[] | undefined, limit: number): Promise<SearchAnswer> {
    const [madeBy, ...after] = cursor ?? [];
    if (madeBy === BY_DATABASE) return this.byDatabase(query, after[0], limit);
    try {
      const hits = await this.engine.search(query, cursor === undefined ? undefined : after, limit);
      return { ...hits, next: hits.next && [BY_ENGINE, ...hits.next], degraded: false };
    } catch (error) {
      if (!(error instanceof DomainError) || error.reason !== 'SEARCH_UNAVAILABLE') throw error;
      if (cursor !== undefined)
        throw unavailable('SEARCH_UNAVAILABLE', 'the search cannot be continued; start it again');
      this.log.debug({ err: error }, 'search: answered by the database');
      return this.byDatabase(query, undefined, limit);
    }
  }

  private async byDatabase(
    query: SearchQuery,
    after: string | undefined,
    limit: number,
  ): Promise<SearchAnswer> {
    const categoryIds =
      query.categoryId === '' ? undefined : (await this.categories.tree()).withDescendants(query.categoryId);
    const found = await this.products.findActiveIdsByWords(
      { words: wordsOf(query.text), attributes: query.attributes },
      categoryIds,
      after,
      limit + 1,
    );
    const productIds = found.slice(0, limit);
    const last = productIds.at(-1);
    return {
      productIds,
      next: found.length > limit && last !== undefined ? [BY_DATABASE, last] : undefined,
      total: undefined,
      categories: [],
      attributes: new Map(),
      prices: [],
      degraded: true,
    };
  }
}
