import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import { CatalogService, SearchOrder, UpsertOutcome } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { newId } from '@souk/kernel';
import { isReason } from '@souk/rpc';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { catalog } from '../src/service.ts';

const merchandiser = {
  kind: 'user' as const,
  id: newId(),
  roles: ['merchandiser'],
  permissions: ['catalog.products.write', 'catalog.categories.write'],
};

const lantern = {
  handle: 'white-metal-lantern',
  title: 'White Metal Lantern',
  categoryIds: ['lighting'],
  attributes: { colour: 'white', material: 'metal' },
  variants: [{ sku: '71053' }],
};

const bottle = {
  handle: 'knitted-hot-water-bottle',
  title: 'Knitted Hot Water Bottle',
  description: 'Keeps the feet warm.',
  categoryIds: ['home'],
  attributes: { colour: 'red', material: 'wool' },
  variants: [
    { sku: '84029E', title: 'Red Woolly Hottie', options: { design: 'E' } },
    { sku: '84029G', title: 'Union Flag', options: { design: 'G' } },
  ],
};

const candle = {
  handle: 'red-candle',
  title: 'Red Candle',
  categoryIds: ['lighting'],
  attributes: { colour: 'red', material: 'wax' },
  variants: [{ sku: '20001' }],
};

async function refusal(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ConnectError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

describe('catalog', () => {
  let service: TestService;
  const client = () => service.client(CatalogService, { principal: merchandiser });
  const mesh = () => service.client(CatalogService, { caller: 'cart' });

  beforeAll(async () => {
    service = await startTestService(catalog);
    await client().upsertCategories({
      categories: [
        { categoryId: 'home', title: 'Home', position: 1 },
        { categoryId: 'lighting', title: 'Lighting', parentCategoryId: 'home' },
      ],
    });
    const { results } = await client().batchUpsertProducts({ products: [lantern, bottle, candle] });
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(3).fill(UpsertOutcome.CREATED));
  });
  afterAll(() => service.stop());

  it('shows a product by id and by handle, and its variants to the mesh', async () => {
    const { product } = await client().getProduct({ productId: 'knitted-hot-water-bottle' });
    expect(product).toMatchObject({
      title: bottle.title,
      taxClass: 'standard',
      attributes: bottle.attributes,
    });
    const again = await client().getProduct({ productId: product?.productId ?? '' });
    expect(again.product).toEqual(product);
    const { variants } = await mesh().batchGetVariants({ skus: ['84029G', 'NONE', '71053'] });
    expect(variants.map(({ sku, active }) => [sku, active]).sort()).toEqual([
      ['71053', true],
      ['84029G', true],
    ]);
  });

  it('lists by category with everything below it, page by page', async () => {
    const first = await client().listProducts({ categoryId: 'home', pageSize: 2 });
    const second = await client().listProducts({
      categoryId: 'home',
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    const handles = [...first.products, ...second.products].map(({ handle }) => handle);
    expect(handles.sort()).toEqual([bottle.handle, candle.handle, lantern.handle].sort());
    expect(second.nextPageToken).toBe('');
    const foreign = client().listProducts({ pageSize: 2, pageToken: first.nextPageToken });
    expect(isReason(await refusal(foreign), 'PAGE_TOKEN_INVALID')).toBe(true);
  });

  it('changes nothing when the same products are imported again', async () => {
    const { results } = await client().batchUpsertProducts({
      products: [lantern, { ...candle, variants: [{ sku: '71053' }] }],
    });
    expect(results.map(({ outcome }) => outcome)).toEqual([UpsertOutcome.UNCHANGED, UpsertOutcome.FAILED]);
    expect(results[1]?.error?.code).toBe(Code.AlreadyExists);
  });

  it('finds products despite typing errors, by beginnings, by SKU, with facets that leave out their own filter', async () => {
    await eventually(async () => {
      const { totalSize, degraded } = await client().searchProducts({});
      expect({ totalSize, degraded }).toEqual({ totalSize: 3, degraded: false });
    });
    for (const query of ['lantren', 'lant', '71053', 'metal lantern', 'LANTERNS']) {
      const { products } = await client().searchProducts({ query });
      expect([query, products[0]?.handle]).toEqual([query, lantern.handle]);
    }
    const red = await client().searchProducts({ attributeFilters: ['colour:red'], categoryId: 'lighting' });
    expect(red.products.map(({ handle }) => handle)).toEqual([candle.handle]);
    const facet = (name: string) => red.facets.find((one) => one.name === name)?.values;
    expect(facet('colour')).toMatchObject([
      { value: 'red', count: 1 },
      { value: 'white', count: 1 },
    ]);
    expect(facet('material')).toMatchObject([{ value: 'wax', count: 1 }]);
    expect(facet('category')).toMatchObject([
      { value: 'home', title: 'Home', count: 2 },
      { value: 'lighting', count: 1 },
    ]);
  });

  it('pages through search results by cursor', async () => {
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await client().searchProducts({ order: SearchOrder.TITLE, pageSize: 1, pageToken });
      seen.push(...page.products.map(({ title }) => title));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual([bottle.title, candle.title, lantern.title]);
  });

  it('creates once per request id and refuses the id for another body', async () => {
    const requestId = newId();
    const product = { handle: 'once', title: 'Once', variants: [{ sku: 'ONCE' }] };
    const first = await client().createProduct({ product, requestId });
    expect(await client().createProduct({ product, requestId })).toEqual(first);
    const other = client().createProduct({ product: { ...product, title: 'Twice' }, requestId });
    expect(isReason(await refusal(other), 'REQUEST_ID_REUSED')).toBe(true);
    const taken = client().createProduct({ product });
    expect(isReason(await refusal(taken), 'HANDLE_TAKEN')).toBe(true);
    const skuTaken = client().createProduct({ product: { ...product, handle: 'other' } });
    expect(isReason(await refusal(skuTaken), 'SKU_TAKEN')).toBe(true);
  });

  it('shows a change at once, in the search soon, and refuses one that rests on an old version', async () => {
    const { product } = await client().createProduct({
      product: { handle: 'clock', title: 'Clock', variants: [{ sku: 'CLOCK' }] },
    });
    const { productId = '', etag = '' } = product ?? {};
    await client().getProduct({ productId });
    const update = { product: { productId, etag, title: 'Cuckoo' }, updateMask: { paths: ['title'] } };
    await client().updateProduct(update);
    expect((await client().getProduct({ productId })).product?.title).toBe('Cuckoo');
    expect(isReason(await refusal(client().updateProduct(update)), 'ETAG_MISMATCH')).toBe(true);
    await eventually(async () => {
      const { products } = await client().searchProducts({ query: 'cuckoo' });
      expect(products.map((found) => found.productId)).toEqual([productId]);
    });
    await client().deleteProduct({ productId });
    expect(isReason(await refusal(client().getProduct({ productId })), 'PRODUCT_NOT_FOUND')).toBe(true);
    expect((await mesh().batchGetVariants({ skus: ['CLOCK'] })).variants).toEqual([]);
    const reused = { handle: 'clock', title: 'Clock again', variants: [{ sku: 'CLOCK' }] };
    await client().createProduct({ product: reused });
  });

  it('keeps drafts from shoppers', async () => {
    const { product } = await client().createProduct({
      product: { handle: 'draft', title: 'Draft', variants: [{ sku: 'DRAFT' }], state: 1 },
    });
    const productId = product?.productId ?? '';
    expect((await client().getProduct({ productId })).product?.handle).toBe('draft');
    const shopper = service.client(CatalogService);
    expect(isReason(await refusal(shopper.getProduct({ productId })), 'PRODUCT_NOT_FOUND')).toBe(true);
    const write = shopper.createProduct({ product: lantern });
    expect((await refusal(write)).code).toBe(Code.Unauthenticated);
  });

  it('refuses bad input with the field and the reason', async () => {
    const unknown = client().createProduct({ product: { ...lantern, handle: 'x', categoryIds: ['none'] } });
    expect(isReason(await refusal(unknown), 'CATEGORY_NOT_FOUND')).toBe(true);
    const loop = client().upsertCategories({
      categories: [
        { categoryId: 'a', title: 'A', parentCategoryId: 'b' },
        { categoryId: 'b', title: 'B', parentCategoryId: 'a' },
      ],
    });
    expect(isReason(await refusal(loop), 'CATEGORY_LOOP')).toBe(true);
    const currency = client().searchProducts({ minPrice: { currencyCode: 'EUR', units: 1n } });
    expect(isReason(await refusal(currency), 'FILTER_INVALID')).toBe(true);
    const handle = client().createProduct({ product: { ...lantern, handle: 'No Good' } });
    expect((await refusal(handle)).code).toBe(Code.InvalidArgument);
  });
});

describe('catalog without its search engine', () => {
  it('searches whole words in the database and says so', async () => {
    const service = await startTestService(catalog, { engines: { elasticsearch: 'http://127.0.0.1:9' } });
    try {
      const client = service.client(CatalogService, { principal: merchandiser });
      await client.upsertCategories({ categories: [{ categoryId: 'lighting', title: 'Lighting' }] });
      await client.batchUpsertProducts({ products: [lantern, candle] });
      const { products, degraded, facets } = await client.searchProducts({ query: 'red CANDLE' });
      expect(products.map(({ handle }) => handle)).toEqual([candle.handle]);
      expect({ degraded, facets }).toEqual({ degraded: true, facets: [] });
    } finally {
      await service.stop();
    }
  });
});
