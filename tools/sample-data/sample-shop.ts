import { type SampleCategory, sampleCategories } from './categories.ts';
import { classify } from './classify.ts';
import { countryCodes } from './countries.ts';
import type { InvoiceLine } from './invoice-line.ts';
import { derivePrices, type SamplePrice } from './prices.ts';
import { deriveProducts, type SampleProduct } from './products.ts';

/** The tax on goods of the standard class in a country, in hundredths of a percent, added to the price. */
interface SampleTaxRate {
  readonly country: string;
  readonly basisPoints: number;
}

/** Everything that the sample shop starts with. */
export interface SampleShop {
  readonly categories: readonly SampleCategory[];
  readonly products: readonly SampleProduct[];
  readonly prices: readonly SamplePrice[];
  readonly taxRates: readonly SampleTaxRate[];
  /** Units by SKU. */
  readonly openingStock: ReadonlyMap<string, number>;
}

/** The price list of the sample shop. */
export const PRICE_LIST = { priceListId: 'retail-gbp', title: 'Retail, pounds sterling', currency: 'GBP' };
/** The one promotion: a share off orders from a threshold on (pence before discount and tax). */
export const PROMOTION = { title: '5 % off orders from £500', thresholdPence: 50_000, basisPoints: 500 };
/** The tax of the country at home; goods sent elsewhere are not taxed here. */
export const HOME_TAX = { country: 'GB', basisPoints: 2_000 };

/** Derives the shop from a month of invoices. The same lines always give the same shop. */
export function deriveShop(lines: readonly InvoiceLine[]): SampleShop {
  const products = deriveProducts(lines);
  return {
    categories: sampleCategories(),
    products,
    prices: derivePrices(lines),
    taxRates: [...new Set(countryCodes())].map((country) => ({
      country,
      basisPoints: country === HOME_TAX.country ? HOME_TAX.basisPoints : 0,
    })),
    openingStock: openingStockOf(
      lines,
      products.flatMap(({ variants }) => variants.map(({ sku }) => sku)),
    ),
  };
}

/**
 * What has to be set up so that another month's goods are sold too: products that the shop does not have, each code by itself, and
 * prices of those that it has but never sold.
 */
export function extendShop(shop: SampleShop, lines: readonly InvoiceLine[]): SampleShop {
  const priced = new Set(shop.prices.map(({ sku }) => sku));
  const known = new Set(shop.openingStock.keys());
  const prices = derivePrices(lines.filter(({ stockCode }) => !priced.has(stockCode)));
  const newlySold = new Set(prices.map(({ sku }) => sku));
  const products = [
    ...shop.products.filter(({ variants }) => variants.some(({ sku }) => newlySold.has(sku))),
    ...deriveProducts(
      lines.filter(({ stockCode }) => !known.has(stockCode)),
      false,
    ),
  ];
  const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
  return {
    ...shop,
    products,
    prices,
    openingStock: openingStockOf(
      lines,
      skus.filter((sku) => !known.has(sku)),
    ),
  };
}

/** Twice what the month sold of a SKU, rounded up to full fifties, at least 100. */
function openingStockOf(lines: readonly InvoiceLine[], skus: readonly string[]): Map<string, number> {
  const sold = new Map<string, number>();
  for (const line of lines) {
    if (classify(line).kind === 'sale')
      sold.set(line.stockCode, (sold.get(line.stockCode) ?? 0) + line.quantity);
  }
  return new Map(skus.map((sku) => [sku, Math.max(100, Math.ceil(((sold.get(sku) ?? 0) * 2) / 50) * 50)]));
}
