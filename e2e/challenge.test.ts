import { beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import { restOk } from './support/rest.ts';
import type { Goods } from './support/shop.ts';
import { adminClients, putOnSale } from './support/shop.ts';

const guest = z.object({ tokens: z.object({ accessToken: z.string() }) });
const order = z.object({
  orderId: z.string(),
  state: z.string(),
  paymentState: z.string(),
  paymentAction: z.object({ redirectUrl: z.url() }).nullish(),
  rejection: z.object({ reason: z.string() }).nullish(),
});
type Order = z.infer<typeof order>;

/** Places an order with a card whose bank asks, and waits until the buyer is told where to go. */
async function challenged({ sku }: Goods): Promise<{ token: string; placed: Order; redirectUrl: string }> {
  const { tokens } = await restOk(guest, 'POST', '/v1/guests', { body: {} });
  const token = tokens.accessToken;
  const item = { items: [{ sku, quantity: 1 }], currency: 'GBP', country: 'GB' };
  const cartRequest = { ...item, requestId: newId() };
  await eventually(() =>
    restOk(z.looseObject({}), 'POST', '/v1/carts/current/items', { token, body: cartRequest }),
  );
  const body = {
    cartId: 'current',
    email: `ada-${newId()}@example.com`,
    shippingAddress: {
      regionCode: 'GB',
      postalCode: 'N1 9GU',
      locality: 'London',
      addressLines: ['1 Kettle Row'],
      recipients: ['Ada Lovelace'],
    },
    paymentMethod: 'pm_card_challenge',
  };
  const headers = { 'idempotency-key': newId() };
  const placed = await eventually(() => restOk(order, 'POST', '/v1/orders', { token, body, headers }));
  const asked = await eventually(async () => {
    const read = await restOk(order, 'GET', `/v1/orders/${placed.orderId}`, { token });
    expect(read).toMatchObject({
      state: 'ORDER_STATE_PENDING',
      paymentState: 'PAYMENT_STATE_ACTION_REQUIRED',
    });
    expect(read.paymentAction?.redirectUrl).toMatch(/^http/);
    return read;
  });
  return { token, placed: asked, redirectUrl: asked.paymentAction?.redirectUrl ?? '' };
}

/** What a browser does: opens the page, and sends its form by the button that says so. */
async function followAndPress(url: string, button: RegExp): Promise<void> {
  const page = await fetch(url);
  expect(page.status).toBe(200);
  const [, name = '', value = ''] = button.exec(await page.text()) ?? [];
  const sent = await fetch(page.url, { method: 'POST', body: new URLSearchParams({ [name]: value }) });
  expect(sent.status).toBe(200);
}

describe('a buyer whose bank asks', () => {
  let goods: Goods;

  beforeAll(async () => {
    goods = await putOnSale(await adminClients(), 10);
  });

  it('follows the address that the order shows, says yes, and has a confirmed order', async () => {
    const { token, placed, redirectUrl } = await challenged(goods);
    await followAndPress(redirectUrl, /name="(\w+)" value="(\w+)">Yes/);
    await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${placed.orderId}`, { token });
      expect(read).toMatchObject({ state: 'ORDER_STATE_CONFIRMED', paymentState: 'PAYMENT_STATE_CAPTURED' });
      expect(read.paymentAction ?? undefined).toBeUndefined();
    });
  });

  it('says no, and has a rejected order', async () => {
    const { token, placed, redirectUrl } = await challenged(goods);
    await followAndPress(redirectUrl, /name="(\w+)" value="(\w+)">No/);
    await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${placed.orderId}`, { token });
      expect(read).toMatchObject({
        state: 'ORDER_STATE_REJECTED',
        rejection: { reason: 'PAYMENT_DECLINED' },
      });
    });
  });
});
