import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { CatalogService, UpsertOutcome } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { type Edge, openEdge, uuidOf } from './edge.ts';
import { poundsOf } from './pounds.ts';
import type { SamplePrice } from './prices.ts';
import { PRICE_LIST, PROMOTION, type SampleShop } from './sample-shop.ts';

/** Where and as whom the shop is set up. */
export interface ImportOptions {
  /** Base URL of the edge. */
  readonly edge: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly shop: SampleShop;
  /** Told after each step. */
  readonly onProgress?: (message: string) => void;
}

// Items a call: few enough for a busy machine to answer each call well within its deadline.
const PRODUCTS = 100;
const PRICES = 200;
const STOCK = 250;

/**
 * Sets up a shop through the edge, as a merchant's program would. Can be run again: what is there already stays as it is, and
 * stock is received only for SKUs that never had any.
 *
 * @throws Error when a product is refused; ConnectError when a call is.
 */
export async function importShop(options: ImportOptions): Promise<void> {
  const { shop, onProgress = () => undefined } = options;
  const edge = openEdge(options.edge);
  const { tokens } = await edge.client(IdentityService).login(options.admin);
  const token = tokens?.accessToken ?? '';
  await Promise.all([
    importProducts(edge, token, shop).then(() => {
      onProgress(`${shop.products.length} products in ${shop.categories.length} categories`);
    }),
    importPrices(edge, token, shop).then(() => {
      onProgress(`${shop.prices.length} prices, ${shop.taxRates.length} tax rates, a promotion`);
    }),
    importStock(edge, token, shop.openingStock).then((units) => {
      onProgress(`${units} units in stock`);
    }),
  ]);
}

async function importProducts(edge: Edge, token: string, shop: SampleShop): Promise<void> {
  const catalog = edge.client(CatalogService, token);
  await catalog.upsertCategories({ categories: [...shop.categories] });
  const sold = new Set(shop.prices.map(({ sku }) => sku));
  for (const batch of chunks(shop.products, PRODUCTS)) {
    const { results } = await catalog.batchUpsertProducts({
      products: batch.map((product) => ({
        ...product,
        categoryIds: [...product.categoryIds],
        attributes: { ...product.attributes },
        variants: product.variants.map((variant) => ({ ...variant, options: { ...variant.options } })),
        // What was never sold has no price: shoppers do not see it.
        state: product.variants.some(({ sku }) => sold.has(sku)) ? 2 : 1,
      })),
    });
    const failed = results.filter(({ outcome }) => outcome === UpsertOutcome.FAILED);
    const [first] = failed;
    if (first !== undefined)
      throw new Error(
        `${failed.length} products were refused, first ${first.handle}: ${first.error?.message ?? ''}`,
      );
  }
}

async function importPrices(edge: Edge, token: string, shop: SampleShop): Promise<void> {
  const pricing = edge.client(PricingService, token);
  await pricing.upsertPriceLists({ priceLists: [PRICE_LIST] });
  await pricing.upsertTaxRates({
    taxRates: shop.taxRates.map((rate) => ({ ...rate, taxClass: 'standard' })),
  });
  for (const batch of chunks(shop.prices, PRICES))
    await pricing.upsertPrices({ prices: batch.map(toPriceInput) });
  await pricing.createPromotion({
    requestId: uuidOf(`sample promotion ${PROMOTION.title}`),
    promotion: {
      title: PROMOTION.title,
      threshold: poundsOf(PROMOTION.thresholdPence),
      basisPoints: PROMOTION.basisPoints,
    },
  });
}

function toPriceInput({ sku, tiers }: SamplePrice) {
  return {
    priceListId: PRICE_LIST.priceListId,
    sku,
    tiers: tiers.map(({ minQuantity, unitPence }) => ({ minQuantity, unitPrice: poundsOf(unitPence) })),
  };
}

async function importStock(edge: Edge, token: string, stock: ReadonlyMap<string, number>): Promise<number> {
  const inventory = edge.client(InventoryService, token);
  let units = 0;
  for (const batch of chunks([...stock], STOCK)) {
    const { unknownSkus } = await inventory.batchGetAvailability({ skus: batch.map(([sku]) => sku) });
    const unknown = new Set(unknownSkus);
    const lines = batch
      .filter(([sku]) => unknown.has(sku))
      .map(([sku, quantity]) => ({ sku, quantity: BigInt(quantity) }));
    if (lines.length === 0) continue;
    const content = lines.map(({ sku, quantity }) => `${sku}=${quantity}`).join(' ');
    // Named by its content: a repetition right after, when the read model does not know the SKUs yet, has no second effect.
    await inventory.receiveStock({
      lines,
      reference: 'opening stock',
      requestId: uuidOf(`opening stock ${content}`),
    });
    units += lines.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  }
  return units;
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
