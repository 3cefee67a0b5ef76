import { aborted, type Clock } from '@souk/kernel';
import { changeProduct, keysOf, type Product, type ProductContent } from '../domain/product.ts';
import type { CategoryRepository, EncodedCatalogue, ProductRepository } from './ports.ts';
import { productNotFound } from './product-not-found.ts';

/** Changes parts of a product. */
export class UpdateProduct {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly encoded: EncodedCatalogue;
  private readonly clock: Clock;

  constructor(
    products: ProductRepository,
    categories: CategoryRepository,
    encoded: EncodedCatalogue,
    clock: Clock,
  ) {
    this.products = products;
    this.categories = categories;
    this.encoded = encoded;
    this.clock = clock;
  }

  /**
   * @param expectedVersion the version that the caller read.
   * @throws DomainError PRODUCT_NOT_FOUND, ETAG_MISMATCH, HANDLE_TAKEN, SKU_TAKEN, CATEGORY_NOT_FOUND.
   */
  async run(productId: string, expectedVersion: bigint, patch: Partial<ProductContent>): Promise<Product> {
    const product = await this.products.find(productId);
    if (product === undefined || product.state === 'deleted') throw productNotFound(productId);
    if (BigInt(product.version) !== expectedVersion) throw changedMeanwhile(productId);
    if (patch.categoryIds !== undefined) (await this.categories.freshTree()).requireAll(patch.categoryIds);
    const next = changeProduct(product, { ...product, ...patch }, this.clock.now());
    if (next === product) return product;
    if (!(await this.products.save(next))) throw changedMeanwhile(productId);
    await this.encoded.forget(keysOf(product));
    return next;
  }
}

/** The refusal of a change that rests on an old version. */
export function changedMeanwhile(productId: string): Error {
  return aborted('ETAG_MISMATCH', 'the product has changed since it was read', {
    metadata: { product_id: productId },
  });
}
