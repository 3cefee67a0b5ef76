import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  ProductChangedSchema,
  ProductDeletedSchema,
} from '@souk/gen/souk/catalog/events/v1/catalog_events_pb';
import type { Product as ProductMessage } from '@souk/gen/souk/catalog/v1/product_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import { keysOf, type Product } from '../domain/product.ts';

/** The fact that tells of a product's new version. */
export function toEvent(
  host: Pick<ServiceHost, 'name' | 'namespace' | 'clock'>,
  product: Product,
  encode: (product: Product) => ProductMessage,
): Envelope {
  const { productId, version, updateTime } = product;
  const head = { productId, version: BigInt(version), occurTime: timestampFromDate(updateTime) };
  const options = { subject: productId, time: updateTime };
  if (product.state === 'deleted')
    return fact(host, ProductDeletedSchema, { ...head, skus: keysOf(product).skus }, options);
  return fact(host, ProductChangedSchema, { ...head, product: encode(product) }, options);
}
