import type { Client } from '@connectrpc/connect';
import type { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { TaxClasses } from '../app/ports.ts';

/** Tax classes as catalog states them. */
export class CatalogTaxClasses implements TaxClasses {
  readonly #catalog: Pick<Client<typeof CatalogService>, 'batchGetVariants'>;

  constructor(catalog: Pick<Client<typeof CatalogService>, 'batchGetVariants'>) {
    this.#catalog = catalog;
  }

  async bySku(skus: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { variants } = await this.#catalog.batchGetVariants({ skus: [...skus] });
    return new Map(variants.map(({ sku, taxClass }) => [sku, taxClass]));
  }
}
