import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@elastic/elasticsearch';
import { CatalogService, SearchOrder } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import { newId, systemClock } from '@souk/kernel';
import { connectKafka, fact } from '@souk/messaging';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { catalog } from '../src/service.ts';

const merchandiser = {
  kind: 'user' as const,
  id: newId(),
  permissions: ['catalog.products.write', 'catalog.categories.write'],
};
const pounds = (units: bigint) => ({ currencyCode: 'GBP', units });

describe('the search index', () => {
  let service: TestService;
  const client = () => service.client(CatalogService, { principal: merchandiser });

  beforeAll(async () => {
    service = await startTestService(catalog);
    await client().batchUpsertProducts({
      products: [
        { handle: 'cheap', title: 'Cheap Mug', variants: [{ sku: 'CHEAP' }] },
        { handle: 'dear', title: 'Dear Mug', variants: [{ sku: 'DEAR' }] },
      ],
    });
  });
  afterAll(() => service.stop());

  it('follows prices that pricing tells, and filters, counts and sorts by them', async () => {
    const { namespace, engines } = service;
    const stops: (() => Promise<void>)[] = [];
    const silent = () => undefined;
    const host = {
      name: 'pricing',
      namespace,
      engines,
      clock: systemClock,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      onStop: (_phase: string, stop: () => Promise<void>) => void stops.push(stop),
      healthCheck: silent,
    };
    const changed = (sku: string, units: bigint) =>
      fact(
        host,
        PriceChangedSchema,
        {
          priceId: `retail/${sku}`,
          version: 1n,
          priceListId: 'retail',
          sku,
          currency: 'GBP',
          windows: [{ tiers: [{ minQuantity: 1, unitPrice: pounds(units) }] }],
        },
        { subject: `retail/${sku}` },
      );
    await connectKafka(host).publish([changed('CHEAP', 2n), changed('DEAR', 30n)]);
    for (const stop of stops) await stop();

    const page = await eventually(async () => {
      const found = await client().searchProducts({ order: SearchOrder.PRICE_DESCENDING });
      expect(found.priceBuckets).toHaveLength(2);
      return found;
    });
    expect(page.products.map(({ handle }) => handle)).toEqual(['dear', 'cheap']);
    expect(page.priceBuckets.map(({ minPrice, count }) => [minPrice?.units, count])).toEqual([
      [1n, 1],
      [25n, 1],
    ]);
    const limited = await client().searchProducts({ maxPrice: pounds(5n) });
    expect(limited.products.map(({ handle }) => handle)).toEqual(['cheap']);
  });

  it('is built anew from the database when it is lost', async () => {
    const elastic = new Client({ node: service.engines.elasticsearch });
    const { indices } = elastic;
    const names = Object.keys(await indices.get({ index: `${service.namespace}-catalog-products*` }));
    for (const index of names) await indices.delete({ index });
    await eventually(async () => {
      const found = await client().searchProducts({ query: 'mug' });
      expect({ size: found.totalSize, degraded: found.degraded }).toEqual({ size: 2, degraded: false });
    });
    await elastic.close();
  });
});
