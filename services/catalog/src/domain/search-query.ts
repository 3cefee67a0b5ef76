import { invalid, type Money } from '@souk/kernel';

/** The order of search results. */
export type SearchOrder = 'relevance' | 'price-ascending' | 'price-descending' | 'newest' | 'title';

/** What a shopper looks for. */
export interface SearchQuery {
  /** Empty matches everything. */
  readonly text: string;
  /** Empty means all categories. */
  readonly categoryId: string;
  /** Alternatives by attribute name; all names must match. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** Minor units in the index's currency. */
  readonly minPrice: bigint | undefined;
  readonly maxPrice: bigint | undefined;
  readonly order: SearchOrder;
}

/** The currency in which prices are indexed. */
export const INDEX_CURRENCY = 'GBP';

/**
 * Groups filters written `name:value` by name.
 *
 * @throws DomainError FILTER_INVALID when one is not of that form.
 */
export function parseAttributeFilters(filters: readonly string[]): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const [index, filter] of filters.entries()) {
    const colon = filter.indexOf(':');
    const name = filter.slice(0, colon);
    const value = filter.slice(colon + 1);
    if (colon < 1 || value === '') {
      throw invalid('FILTER_INVALID', 'a filter is written name:value', {
        field: `attribute_filters[${index}]`,
        metadata: { field: 'attribute_filters' },
      });
    }
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  return byName;
}

/**
 * A price limit in minor units.
 *
 * @throws DomainError FILTER_INVALID when it is negative or not in the index's currency.
 */
export function priceLimit(limit: Money | undefined, field: string): bigint | undefined {
  if (limit === undefined) return undefined;
  if (limit.currency !== INDEX_CURRENCY || limit.isNegative) {
    throw invalid('FILTER_INVALID', `prices are searched in ${INDEX_CURRENCY}, from 0`, {
      field,
      metadata: { field },
    });
  }
  return limit.minor;
}

/** The words of a text in the form in which the database compares them: lower case, without accents, each once. */
export function wordsOf(...texts: readonly string[]): string[] {
  const words = texts
    .join(' ')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return [...new Set(words ?? [])];
}
