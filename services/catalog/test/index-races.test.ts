import { afterAll, describe, expect, it } from '@jest/globals';
import { newId, type ServiceHost, systemClock } from '@souk/kernel';
import { openSearch, SearchIndex } from '@souk/search';
import { testEngines, testNamespace } from '@souk/testing';
import { IndexProducts } from '../src/app/index-products.ts';
import type { ListedPriceRepository, ProductRepository } from '../src/app/ports.ts';
import { CategoryTree } from '../src/domain/category.ts';
import { createProduct } from '../src/domain/product.ts';
import type { ListedPrice } from '../src/domain/sku-price.ts';
import { ElasticProductIndex, PRODUCT_INDEX } from '../src/storage/product-index.ts';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const product = createProduct(
  newId(),
  {
    handle: 'mug',
    title: 'Mug',
    description: '',
    categoryIds: [],
    attributes: {},
    variants: [{ sku: 'MUG', title: '', options: {}, media: [] }],
    taxClass: '',
    state: 'active',
  },
  new Date(),
);
const price: ListedPrice = {
  priceListId: 'retail',
  sku: 'MUG',
  currency: 'GBP',
  version: 1,
  windows: [{ unitMinor: 200, from: undefined, to: undefined }],
};

const unused = () => Promise.reject(new Error('not used here'));
const products: ProductRepository = {
  find: unused,
  findMany: () => Promise.resolve([product]),
  findByHandles: unused,
  findBySkus: () => Promise.resolve([product]),
  listActiveIds: unused,
  findActiveIdsByWords: unused,
  async *eachActive() {
    yield await Promise.resolve([product]);
  },
  save: unused,
};
const tree = () => Promise.resolve(new CategoryTree([]));

describe('indexing a product and its price at the same time', () => {
  const stops: (() => Promise<void>)[] = [];
  const host: ServiceHost = {
    name: 'catalog',
    namespace: testNamespace(),
    engines: testEngines(),
    clock: systemClock,
    log,
    onStop: (_phase, stop) => void stops.push(stop),
    healthCheck: silent,
  };
  const search = openSearch(host);
  const { client, prefix } = search;
  afterAll(async () => {
    const names = Object.keys(await client.indices.get({ index: `${prefix}*` }));
    for (const name of names) await client.indices.delete({ index: name });
    for (const stop of stops) await stop();
  });

  /** Whoever reads first has no price yet and goes on only when `meanwhile`, begun by its reading, is done. */
  async function race(
    name: string,
    begin: (index: IndexProducts) => Promise<void>,
    meanwhile: (index: IndexProducts) => Promise<void>,
  ): Promise<unknown> {
    let reads = 0;
    const prices: ListedPriceRepository = {
      save: unused,
      async ofSkus() {
        if (reads++ > 0) return [price];
        await meanwhile(index);
        return [];
      },
    };
    const searchIndex = new SearchIndex(search, name, PRODUCT_INDEX, log);
    const index = new IndexProducts(
      products,
      { tree, freshTree: tree, save: unused },
      prices,
      new ElasticProductIndex(searchIndex),
      systemClock,
    );
    await begin(index);
    await client.indices.refresh({ index: searchIndex.alias });
    const { hits } = await searchIndex.search<{ price_minor?: number }>({ query: { match_all: {} } });
    return hits.hits.map(({ _source }) => _source?.price_minor);
  }

  it('keeps the price when the product was read before it and is written after it', async () => {
    const found = await race(
      'facts',
      (index) => index.byId([product.productId]),
      (index) => index.bySku(['MUG']),
    );
    expect(found).toEqual([200]);
  });

  it('keeps the price when the index is built meanwhile', async () => {
    const found = await race(
      'build',
      (index) => index.ensure(),
      (index) => index.bySku(['MUG']),
    );
    expect(found).toEqual([200]);
  });
});
