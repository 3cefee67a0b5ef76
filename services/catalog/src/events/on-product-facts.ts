import {
  ProductChangedSchema,
  ProductDeletedSchema,
} from '@souk/gen/souk/catalog/events/v1/catalog_events_pb';
import { type Handler, on } from '@souk/messaging';
import type { EncodedCatalogue } from '../app/ports.ts';

/** Forgets cached products when facts tell that they changed; mends what the writer could not forget itself. */
export function forgetOnProductFacts(encoded: EncodedCatalogue): Handler[] {
  return [
    on(ProductChangedSchema, async ({ productId, product }) => {
      const skus = product?.variants.map(({ sku }) => sku) ?? [];
      await encoded.forgetSurely({ productId, handle: product?.handle ?? '', skus });
    }),
    on(ProductDeletedSchema, async ({ productId, skus }) => {
      await encoded.forgetSurely({ productId, handle: '', skus });
    }),
  ];
}
