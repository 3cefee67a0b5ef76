import type { Clock } from '@souk/kernel';
import { deleteProduct, keysOf } from '../domain/product.ts';
import type { EncodedCatalogue, ProductRepository } from './ports.ts';
import { productNotFound } from './product-not-found.ts';
import { changedMeanwhile } from './update-product.ts';

/** Takes products out of the shop. */
export class DeleteProduct {
  private readonly products: ProductRepository;
  private readonly encoded: EncodedCatalogue;
  private readonly clock: Clock;

  constructor(products: ProductRepository, encoded: EncodedCatalogue, clock: Clock) {
    this.products = products;
    this.encoded = encoded;
    this.clock = clock;
  }

  /**
   * @param expectedVersion the version that the caller read; undefined deletes any.
   * @throws DomainError PRODUCT_NOT_FOUND, ETAG_MISMATCH.
   */
  async run(productId: string, expectedVersion: bigint | undefined): Promise<void> {
    const product = await this.products.find(productId);
    if (product === undefined) throw productNotFound(productId);
    if (product.state === 'deleted') return;
    if (expectedVersion !== undefined && BigInt(product.version) !== expectedVersion)
      throw changedMeanwhile(productId);
    if (!(await this.products.save(deleteProduct(product, this.clock.now()))))
      throw changedMeanwhile(productId);
    await this.encoded.forget(keysOf(product));
  }
}
