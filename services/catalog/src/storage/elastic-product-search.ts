import type { estypes } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';
import { type Clock, unavailable } from '@souk/kernel';
import { isIndexMissing, type SearchIndex } from '@souk/search';
import type { FacetCount, ProductSearch, SearchHits } from '../app/ports.ts';
import type { SearchQuery } from '../domain/search-query.ts';
import {
  ATTRIBUTE_FACET,
  CATEGORY_FACET,
  OTHER_ATTRIBUTES_FACET,
  PRICE_FACET,
  searchRequest,
} from './search-request.ts';

/** After a failure the engine is left alone for this long, so that a stalled one does not cost every search its timeout. */
const RESPITE_MS = 2_000;

/** Searches in Elasticsearch. */
export class ElasticProductSearch implements ProductSearch {
  private readonly index: SearchIndex;
  private readonly clock: Clock;
  private readonly onMissing: () => void;
  private respiteUntil = 0;

  /** @param onMissing told when the index turns out to be gone. */
  constructor(index: SearchIndex, clock: Clock, onMissing: () => void) {
    this.index = index;
    this.clock = clock;
    this.onMissing = onMissing;
  }

  async search(query: SearchQuery, after: readonly string[] | undefined, limit: number): Promise<SearchHits> {
    if (this.clock.now().getTime() < this.respiteUntil) throw searchUnavailable();
    let response: estypes.SearchResponse;
    try {
      // One more than asked for tells whether there is a next page.
      response = await this.index.search(searchRequest(query, after, limit + 1));
    } catch (error) {
      // A request that the engine understood and refused is a fault of ours.
      if (error instanceof errors.ResponseError && error.statusCode === 400) throw error;
      if (isIndexMissing(error)) this.onMissing();
      this.respiteUntil = this.clock.now().getTime() + RESPITE_MS;
      throw searchUnavailable(error);
    }
    return toHits(response, limit);
  }
}

function searchUnavailable(cause?: unknown): Error {
  return unavailable('SEARCH_UNAVAILABLE', 'the search engine is away', { cause });
}

function toHits(response: estypes.SearchResponse, limit: number): SearchHits {
  const { hits } = response.hits;
  const page = hits.slice(0, limit);
  const total = response.hits.total;
  const aggregations = response.aggregations ?? {};
  const attributes = new Map<string, FacetCount[]>();
  const add = ({ value, count }: FacetCount): void => {
    const colon = value.indexOf(':');
    const name = value.slice(0, colon);
    attributes.set(name, [...(attributes.get(name) ?? []), { value: value.slice(colon + 1), count }]);
  };
  const filtered = Object.keys(aggregations).filter((name) => name.startsWith(ATTRIBUTE_FACET));
  for (const facet of filtered) for (const count of termCounts(aggregations[facet])) add(count);
  for (const count of termCounts(aggregations[OTHER_ATTRIBUTES_FACET])) {
    const name = count.value.slice(0, count.value.indexOf(':'));
    if (!filtered.includes(`${ATTRIBUTE_FACET}${name}`)) add(count);
  }
  return {
    productIds: page.flatMap(({ _id }) => _id ?? []),
    next: hits.length > limit ? page.at(-1)?.sort?.map(String) : undefined,
    total: typeof total === 'number' ? total : (total?.value ?? 0),
    categories: termCounts(aggregations[CATEGORY_FACET]),
    attributes,
    prices: bucketsOf(aggregations[PRICE_FACET]).flatMap((bucket) =>
      bucket.doc_count === 0 ? [] : [{ from: bucket.from ?? 0, to: bucket.to, count: bucket.doc_count }],
    ),
  };
}

interface Bucket {
  readonly key?: unknown;
  readonly from?: number;
  readonly to?: number;
  readonly doc_count: number;
}

function termCounts(facet: estypes.AggregationsAggregate | undefined): FacetCount[] {
  return bucketsOf(facet).flatMap(({ key, doc_count }) =>
    typeof key === 'string' ? [{ value: key, count: doc_count }] : [],
  );
}

/** The buckets of a facet; the client's types do not follow which aggregation was asked for. */
function bucketsOf(facet: estypes.AggregationsAggregate | undefined): Bucket[] {
  const values: unknown = facet !== undefined && 'values' in facet ? facet.values : undefined;
  if (typeof values !== 'object' || values === null || !('buckets' in values)) return [];
  return Array.isArray(values.buckets) ? values.buckets.filter(isBucket) : [];
}

function isBucket(value: unknown): value is Bucket {
  return typeof value === 'object' && value !== null && 'doc_count' in value;
}
