import { notFound } from '@souk/kernel';

/** The refusal to show a product that does not exist or that the caller may not see. */
export function productNotFound(idOrHandle: string): Error {
  return notFound('PRODUCT_NOT_FOUND', 'there is no such product', { metadata: { product_id: idOrHandle } });
}
