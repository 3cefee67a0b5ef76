import { create } from '@bufbuild/protobuf';
import { createClient, createRouterTransport } from '@connectrpc/connect';
import { describe, expect, it } from '@jest/globals';
import { BatchGetVariantsResponseSchema, CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { catalogVariants } from './catalog-variants.ts';

describe('catalogVariants', () => {
  it('asks for what it has not just seen, and never keeps what is not there', async () => {
    const asked: (readonly string[])[] = [];
    const transport = createRouterTransport(({ service }) => {
      service(CatalogService, {
        batchGetVariants: ({ skus }) => {
          asked.push(skus);
          const variants = skus
            .filter((sku) => sku !== 'GONE')
            .map((sku) => ({ sku, active: true, productTitle: `The ${sku}` }));
          return create(BatchGetVariantsResponseSchema, { variants });
        },
      });
    });
    const variants = catalogVariants(createClient(CatalogService, transport));
    expect(await variants.find(['A', 'GONE'])).toMatchObject([{ sku: 'A', title: 'The A', digital: false }]);
    expect((await variants.find(['A', 'B', 'GONE'])).map(({ sku }) => sku)).toEqual(['A', 'B']);
    await variants.find(['A', 'B']);
    expect(asked).toEqual([
      ['A', 'GONE'],
      ['B', 'GONE'],
    ]);
  });
});
