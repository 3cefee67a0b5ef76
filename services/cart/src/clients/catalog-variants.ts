import type { Client } from '@connectrpc/connect';
import type { CatalogService, VariantInfo } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { Catalogue, Variant } from '../app/ports.ts';

/** SKUs as catalog knows them. */
export class CatalogVariants implements Catalogue {
  readonly #catalog: Pick<Client<typeof CatalogService>, 'batchGetVariants'>;

  constructor(catalog: Pick<Client<typeof CatalogService>, 'batchGetVariants'>) {
    this.#catalog = catalog;
  }

  async variants(skus: readonly string[]): Promise<ReadonlyMap<string, Variant>> {
    const { variants } = await this.#catalog.batchGetVariants({ skus: [...skus] });
    return new Map(variants.map((variant) => [variant.sku, toVariant(variant)]));
  }
}

function toVariant({ productId, title, productTitle, active }: VariantInfo): Variant {
  // A variant's title tells it from its siblings ("red, XL"); alone it would not say what it is.
  const whole =
    title === '' || title.startsWith(productTitle) ? title || productTitle : `${productTitle}, ${title}`;
  return { productId, title: whole, active };
}
