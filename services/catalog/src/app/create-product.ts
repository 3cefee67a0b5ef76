import { type Clock, newId } from '@souk/kernel';
import { createProduct, type Product, type ProductContent } from '../domain/product.ts';
import type { CategoryRepository, ProductRepository } from './ports.ts';

/** Creates products. */
export class CreateProduct {
  private readonly products: ProductRepository;
  private readonly categories: CategoryRepository;
  private readonly clock: Clock;

  constructor(products: ProductRepository, categories: CategoryRepository, clock: Clock) {
    this.products = products;
    this.categories = categories;
    this.clock = clock;
  }

  /** @throws DomainError HANDLE_TAKEN, SKU_TAKEN, CATEGORY_NOT_FOUND. */
  async run(content: ProductContent): Promise<Product> {
    (await this.categories.freshTree()).requireAll(content.categoryIds);
    const product = createProduct(newId(), content, this.clock.now());
    await this.products.save(product);
    return product;
  }
}
