import { create } from '@bufbuild/protobuf';
import { MoneySchema } from '@souk/gen/google/type/money_pb';
import { ProductState } from '@souk/gen/souk/catalog/v1/product_pb';
import { newId } from '@souk/kernel';
import type { Clients } from './clients.ts';
import { clientsOver } from './clients.ts';
import { readPlatform } from './platform.ts';

/** A product on sale, with one variant. */
export interface Goods {
  readonly productId: string;
  readonly handle: string;
  readonly sku: string;
  readonly title: string;
}

/** Clients that act as the platform's first administrator. */
export async function adminClients(): Promise<Clients> {
  const { accessToken } = await login(readPlatform().admin);
  return clientsOver('gRPC', accessToken);
}

/** Signs in; gives the session's tokens. */
export async function login(who: {
  email: string;
  password: string;
}): Promise<{ accessToken: string; refreshToken: string }> {
  const { tokens } = await clientsOver('gRPC').identity.login(who);
  if (tokens === undefined) {
    throw new Error('login gave no tokens');
  }
  return tokens;
}

/** Puts a product on sale in GB: 12.50 GBP without tax at 20 %, 10.00 from ten units on. */
export async function putOnSale(admin: Clients, units: number): Promise<Goods> {
  const mark = newId().slice(-12);
  const goods = { handle: `teapot-${mark}`, sku: `TEAPOT-${mark}`, title: `Teapot ${mark}` };
  await admin.catalog.upsertCategories({
    categories: [{ categoryId: 'kitchen', title: 'Kitchen' }],
  });
  const { results } = await admin.catalog.batchUpsertProducts({
    products: [
      {
        ...goods,
        description: 'Pours without a drip.',
        categoryIds: ['kitchen'],
        attributes: { colour: 'blue' },
        variants: [{ sku: goods.sku, title: goods.title }],
        taxClass: 'standard',
        state: ProductState.ACTIVE,
      },
    ],
  });
  const productId = results[0]?.productId;
  if (productId === undefined || productId === '') {
    throw new Error(`${goods.handle} was not stored`);
  }
  await admin.pricing.upsertPriceLists({
    priceLists: [{ priceListId: 'e2e-everywhere', title: 'GBP', currency: 'GBP', countries: [] }],
  });
  await admin.pricing.upsertTaxRates({
    taxRates: [{ country: 'GB', taxClass: 'standard', basisPoints: 2_000 }],
  });
  await admin.pricing.upsertPrices({
    prices: [
      {
        priceListId: 'e2e-everywhere',
        sku: goods.sku,
        tiers: [
          { minQuantity: 1, unitPrice: pounds(12, 50) },
          { minQuantity: 10, unitPrice: pounds(10, 0) },
        ],
      },
    ],
  });
  await admin.inventory.receiveStock({
    lines: [{ sku: goods.sku, quantity: BigInt(units) }],
    requestId: newId(),
  });
  return { ...goods, productId };
}

function pounds(units: number, pence: number): ReturnType<typeof create<typeof MoneySchema>> {
  return create(MoneySchema, { currencyCode: 'GBP', units: BigInt(units), nanos: pence * 10_000_000 });
}
