import type { Clock } from '@souk/kernel';
import type { CategoryTree } from '../domain/category.ts';
import type { Product } from '../domain/product.ts';
import { INDEX_CURRENCY } from '../domain/search-query.ts';
import { priceAt } from '../domain/sku-price.ts';
import type {
  CategoryRepository,
  IndexedProduct,
  ListedPriceRepository,
  ProductIndex,
  ProductRepository,
} from './ports.ts';

const BATCH = 500;

/** Keeps the search index equal to the catalogue. Always writes what the database says now, never what a fact said once. */
export class IndexProducts {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly prices: ListedPriceRepository;
  private readonly index: ProductIndex;
  private readonly clock: Clock;

  constructor(
    products: ProductRepository,
    categories: CategoryRepository,
    prices: ListedPriceRepository,
    index: ProductIndex,
    clock: Clock,
  ) {
    this.products = products;
    this.categories = categories;
    this.prices = prices;
    this.index = index;
    this.clock = clock;
  }

  /** Brings these products up to date in the index. */
  async byId(productIds: readonly string[]): Promise<void> {
    if (productIds.length === 0) return;
    await this.put(await this.products.findMany(productIds));
  }

  /** Brings the products that have one of these SKUs up to date, after a price changed. */
  async bySku(skus: readonly string[]): Promise<void> {
    if (skus.length === 0) return;
    await this.put(await this.products.findBySkus(skus));
  }

  /** Builds the index if it is absent, empty or of an older form. */
  async ensure(): Promise<void> {
    await this.index.ensure(() => this.all());
  }

  /** Builds the index anew. */
  async rebuild(): Promise<void> {
    await this.index.rebuild(() => this.all());
  }

  private async put(products: readonly Product[]): Promise<void> {
    const written = await this.index.write(await this.project(products));
    // There was neither an index nor a build: one that begins now reads everything, these products included.
    if (!written) await this.ensure();
  }

  private async *all(): AsyncGenerator<IndexedProduct[]> {
    for await (const batch of this.products.eachActive(BATCH)) yield this.project(batch);
  }

  private async project(products: readonly Product[]): Promise<IndexedProduct[]> {
    const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
    const [prices, tree] = await Promise.all([this.prices.ofSkus(skus), this.categories.tree()]);
    const bySku = Map.groupBy(prices, ({ sku }) => sku);
    const now = this.clock.now();
    return products.map((product) => {
      const listed = product.variants.flatMap(({ sku }) => bySku.get(sku) ?? []);
      return {
        product,
        categories: categoriesOf(product, tree),
        priceMinor: priceAt(listed, INDEX_CURRENCY, now),
        priceVersion: listed.reduce((sum, { version }) => sum + version, 0),
      };
    });
  }
}

function categoriesOf(product: Product, tree: CategoryTree) {
  const known = product.categoryIds.filter((id) => tree.get(id) !== undefined);
  return [...new Set(known.flatMap((id) => tree.pathOf(id)))];
}
