export { bulkWrite, IndexMissingError, type IndexOperation } from './bulk.ts';
export { openSearch, type Search } from './open-search.ts';
export { type FillIndex, type IndexDefinition, isIndexMissing, SearchIndex } from './search-index.ts';
