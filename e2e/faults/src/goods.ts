import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import { readPlatform } from '../../support/platform.ts';
import { restOk } from '../../support/rest.ts';

const session = z.object({ tokens: z.object({ accessToken: z.string() }) });
const stored = z.object({ results: z.array(z.object({ productId: z.string().min(1) })).length(1) });
const PRICE_LIST = 'faults-gbp';

/** An access token of the platform's administrator. */
export async function adminToken(): Promise<string> {
  const { tokens } = await restOk(session, 'POST', '/v1/sessions', { body: readPlatform().admin });
  return tokens.accessToken;
}

/** Puts a product on sale that nobody else sells, at 12.50 GBP and a fifth of tax, and receives so many units of it. */
export async function newGoods(units: number): Promise<string> {
  const token = await adminToken();
  // Every step may be repeated: upserts by nature, the receipt by its request id.
  const post = async (shape: z.ZodType, path: string, body: object): Promise<void> => {
    await eventually(() => restOk(shape, 'POST', path, { token, body }));
  };
  const done = z.looseObject({});

  const mark = newId().slice(-12);
  const goods = { handle: `kettle-${mark}`, title: `Kettle ${mark}` };
  const sku = `KETTLE-${mark}`;
  await post(done, '/v1/categories:upsert', { categories: [{ categoryId: 'kitchen', title: 'Kitchen' }] });
  await post(stored, '/v1/products:batchUpsert', {
    products: [
      {
        ...goods,
        description: 'Sings when it is time.',
        categoryIds: ['kitchen'],
        variants: [{ sku, title: goods.title }],
        taxClass: 'standard',
        state: 'PRODUCT_STATE_ACTIVE',
      },
    ],
  });
  await post(done, '/v1/price-lists:upsert', {
    priceLists: [{ priceListId: PRICE_LIST, title: 'Faults', currency: 'GBP', countries: ['GB'] }],
  });
  await post(done, '/v1/tax-rates:upsert', {
    taxRates: [{ country: 'GB', taxClass: 'standard', basisPoints: 2_000 }],
  });
  const unitPrice = { currencyCode: 'GBP', units: '12', nanos: 500_000_000 };
  await post(done, '/v1/prices:upsert', {
    prices: [{ priceListId: PRICE_LIST, sku, tiers: [{ minQuantity: 1, unitPrice }] }],
  });
  await post(done, '/v1/stock:receive', { requestId: newId(), lines: [{ sku, quantity: String(units) }] });
  return sku;
}
