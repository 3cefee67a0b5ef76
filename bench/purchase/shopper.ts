import { newId } from '@souk/kernel';
import { z } from 'zod';
import type { JsonClient } from '../http.ts';

const guest = z.object({ tokens: z.object({ accessToken: z.string() }) });
const listed = z.object({
  products: z.array(z.looseObject({ variants: z.array(z.looseObject({ sku: z.string() })).min(1) })).min(20),
});

/** Becomes a new guest; gives its access token. */
export async function becomeGuest(edge: JsonClient): Promise<string> {
  return guest.parse(JSON.parse(await edge.call('POST', '/v1/guests', { body: {} }))).tokens.accessToken;
}

/** SKUs that the shop sells, from its first pages. */
export async function someSkus(edge: JsonClient): Promise<readonly string[]> {
  const { products } = listed.parse(JSON.parse(await edge.call('GET', '/v1/products?page_size=100')));
  return products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
}

/** Adds one unit of a SKU to the guest's cart; the answer is the priced, stock-checked cart. */
export function addToCart(edge: JsonClient, token: string, sku: string): Promise<string> {
  const body = { requestId: newId(), items: [{ sku, quantity: 1 }] };
  return edge.call('POST', '/v1/carts/current/items', { token, body });
}

/** Places the order of the guest's cart. Resolves when it is paid. */
export async function checkOut(edge: JsonClient, token: string): Promise<void> {
  const answer = await edge.call('POST', '/v1/orders', {
    token,
    body: {
      requestId: newId(),
      cartId: 'current',
      email: 'bench@shop.example',
      shippingAddress: {
        regionCode: 'GB',
        postalCode: 'N1 9GU',
        locality: 'London',
        addressLines: ['1 Market Row'],
        recipients: ['Bench'],
      },
      paymentMethod: 'pm_card_visa',
    },
  });
  const { state } = z.looseObject({ state: z.string() }).parse(JSON.parse(answer));
  if (state !== 'ORDER_STATE_CONFIRMED') throw new Error(`the order is ${state}`);
}
