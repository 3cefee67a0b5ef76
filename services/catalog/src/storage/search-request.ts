import type { estypes } from '@elastic/elasticsearch';
import type { SearchOrder, SearchQuery } from '../domain/search-query.ts';

type Query = estypes.QueryDslQueryContainer;
/** The filters of a search by the facet they belong to. */
type Filters = ReadonlyMap<string, Query>;

/** Name of the facet of categories. */
export const CATEGORY_FACET = 'category';
/** Name of the facet of prices. */
export const PRICE_FACET = 'price';
/** Prefix of the names of facets that belong to one attribute whose filter is set. */
export const ATTRIBUTE_FACET = 'attribute:';
/** Name of the facet that counts all attributes whose filter is not set. */
export const OTHER_ATTRIBUTES_FACET = 'attributes';

/** Upper bounds of the price facet, in minor units. */
const PRICE_BOUNDS: readonly number[] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/**
 * The request of a search. Filters are applied after the facets are counted, and each facet is counted under the filters of the
 * others, so that its own other values can still be chosen.
 */
export function searchRequest(
  query: SearchQuery,
  after: readonly string[] | undefined,
  limit: number,
): Omit<estypes.SearchRequest, 'index'> {
  const filters = filtersOf(query);
  const request: Omit<estypes.SearchRequest, 'index'> = {
    query: textQuery(query.text),
    post_filter: allOf([...filters.values()]),
    sort: sortOf(query.order),
    size: limit,
    _source: false,
    timeout: '1s',
  };
  if (after !== undefined) return { ...request, search_after: [...after], track_total_hits: false };
  return { ...request, track_total_hits: 10_000, aggs: facetsOf(filters) };
}

function textQuery(text: string): Query {
  if (text === '') return { match_all: {} };
  return {
    bool: {
      must: {
        bool: {
          minimum_should_match: 1,
          should: [
            { match: { all: { query: text, operator: 'and', fuzziness: 'AUTO', prefix_length: 1 } } },
            { match: { prefixes: { query: text, operator: 'and', boost: 0.3 } } },
            { term: { skus: { value: text, boost: 50 } } },
          ],
        },
      },
      should: [
        { match: { title: { query: text, boost: 4 } } },
        { match_phrase: { title: { query: text, boost: 6, slop: 1 } } },
        { match: { variant_titles: { query: text, boost: 2 } } },
        { match: { category_titles: { query: text, boost: 1.5 } } },
        { match: { attribute_values: { query: text, boost: 1.5 } } },
        { match: { description: { query: text } } },
      ],
    },
  };
}

function filtersOf({ categoryId, attributes, minPrice, maxPrice }: SearchQuery): Filters {
  const filters = new Map<string, Query>();
  if (categoryId !== '') filters.set(CATEGORY_FACET, { term: { categories: categoryId } });
  if (minPrice !== undefined || maxPrice !== undefined) {
    filters.set(PRICE_FACET, {
      range: {
        price_minor: {
          ...(minPrice === undefined ? {} : { gte: minPrice.toString() }),
          ...(maxPrice === undefined ? {} : { lte: maxPrice.toString() }),
        },
      },
    });
  }
  for (const [name, values] of attributes) {
    filters.set(`${ATTRIBUTE_FACET}${name}`, {
      terms: { attributes: values.map((value) => `${name}:${value}`) },
    });
  }
  return filters;
}

function facetsOf(filters: Filters): Record<string, estypes.AggregationsAggregationContainer> {
  const under = (facet: string, values: estypes.AggregationsAggregationContainer) => ({
    filter: allOf([...filters].filter(([name]) => name !== facet).map(([, filter]) => filter)),
    aggs: { values },
  });
  const facets: Record<string, estypes.AggregationsAggregationContainer> = {
    [CATEGORY_FACET]: under(CATEGORY_FACET, { terms: { field: 'categories', size: 100 } }),
    [PRICE_FACET]: under(PRICE_FACET, {
      range: {
        field: 'price_minor',
        ranges: [0, ...PRICE_BOUNDS].map((from, index) => {
          const to = PRICE_BOUNDS[index];
          return to === undefined ? { from } : { from, to };
        }),
      },
    }),
    [OTHER_ATTRIBUTES_FACET]: under('', { terms: { field: 'attributes', size: 300 } }),
  };
  for (const name of filters.keys()) {
    if (!name.startsWith(ATTRIBUTE_FACET)) continue;
    const prefix = name.slice(ATTRIBUTE_FACET.length);
    // Attribute names are [a-z0-9_]: nothing in them has a meaning in a regular expression.
    facets[name] = under(name, { terms: { field: 'attributes', size: 100, include: `${prefix}:.*` } });
  }
  return facets;
}

function allOf(filters: readonly Query[]): Query {
  return filters.length === 0 ? { match_all: {} } : { bool: { filter: [...filters] } };
}

function sortOf(order: SearchOrder): estypes.SortCombinations[] {
  // Products that are equal otherwise come newest first; ids are unique, which keyset paging needs.
  const last = { product_id: { order: 'desc' as const } };
  switch (order) {
    case 'relevance':
      return [{ _score: { order: 'desc' } }, last];
    case 'price-ascending':
      return [{ price_minor: { order: 'asc', missing: '_last' } }, last];
    case 'price-descending':
      return [{ price_minor: { order: 'desc', missing: '_last' } }, last];
    case 'newest':
      return [last];
    case 'title':
      return [{ 'title.sort': { order: 'asc' } }, last];
  }
}
