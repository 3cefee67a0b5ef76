import {
  ProductChangedSchema,
  ProductDeletedSchema,
} from '@souk/gen/souk/catalog/events/v1/catalog_events_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';

/** Clears the cached tax classes of products that changed. */
export function forgetChangedProducts(classes: {
  forget(skus: readonly string[]): Promise<void>;
}): BatchHandler {
  return onBatch([ProductChangedSchema, ProductDeletedSchema], async (received) => {
    const skus = received.flatMap(({ message }) =>
      message.$typeName === 'souk.catalog.events.v1.ProductDeleted'
        ? message.skus
        : (message.product?.variants.map(({ sku }) => sku) ?? []),
    );
    if (skus.length > 0) await classes.forget([...new Set(skus)]);
  });
}
