import { beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import { mailsTo } from './support/mail.ts';
import { rest, restOk } from './support/rest.ts';
import type { Goods } from './support/shop.ts';
import { adminClients, login, putOnSale } from './support/shop.ts';
import { readPlatform } from './support/platform.ts';

const money = z.object({ currencyCode: z.string(), units: z.string(), nanos: z.number() });
const session = z.object({ tokens: z.object({ accessToken: z.string() }) });
const found = z.object({ products: z.array(z.object({ productId: z.string() })) });
const page = z.object({
  product: z.object({ title: z.string() }),
  prices: z.object({ prices: z.array(z.object({ sku: z.string() })) }),
  availability: z.object({ skus: z.array(z.object({ available: z.string() })) }),
});
const cart = z.object({ etag: z.string(), lines: z.array(z.object({ sku: z.string(), total: money })) });
const order = z.object({
  orderId: z.string(),
  state: z.string(),
  paymentState: z.string(),
  lines: z.array(z.object({ lineId: z.string(), quantity: z.number() })),
  totals: z.object({ tax: money, total: money }),
  refunded: money.nullish(),
});
const goodsReturn = z.object({ returnId: z.string(), state: z.string(), refund: money.nullish() });

const ADDRESS = {
  regionCode: 'GB',
  postalCode: 'N1 9GU',
  locality: 'London',
  addressLines: ['1 Kettle Row'],
  recipients: ['Ada Lovelace'],
};

/** The whole purchase as a shopper's browser without our client library would do it. Later steps need earlier ones. */
describe('a purchase over REST', () => {
  const email = `ada-${newId()}@example.com`;
  const password = `correct horse ${newId()}`;
  let goods: Goods;
  let token: string;
  let adminToken: string;
  let orderId: string;
  let lineId: string;

  beforeAll(async () => {
    goods = await putOnSale(await adminClients(), 100);
    ({ accessToken: adminToken } = await login(readPlatform().admin));
  });

  it('registers', async () => {
    const body = { email, password, displayName: 'Ada' };
    ({
      tokens: { accessToken: token },
    } = await restOk(session, 'POST', '/v1/accounts', { body }));
    await restOk(z.object({ email: z.literal(email) }), 'GET', '/v1/accounts/me', { token });
  });

  it('searches', async () => {
    const query = new URLSearchParams({ query: goods.title });
    await eventually(async () => {
      const { products } = await restOk(found, 'GET', `/v1/products:search?${query.toString()}`);
      expect(products.map((product) => product.productId)).toContain(goods.productId);
    });
  });

  it('looks at the product page', async () => {
    await eventually(async () => {
      const shown = await restOk(page, 'GET', `/v1/pages/products/${goods.handle}`);
      expect(shown).toMatchObject({
        product: { title: goods.title },
        prices: { prices: [{ sku: goods.sku }] },
        availability: { skus: [{ available: '100' }] },
      });
    });
  });

  it('fills the cart, once however often the request is sent', async () => {
    const body = {
      items: [{ sku: goods.sku, quantity: 12 }],
      currency: 'GBP',
      country: 'GB',
      requestId: newId(),
    };
    const first = await restOk(cart, 'POST', '/v1/carts/current/items', { token, body });
    const second = await restOk(cart, 'POST', '/v1/carts/current/items', { token, body });
    // Twelve at the price of ten and more, with a fifth of tax: 12 × 10.00 × 1.2.
    expect(first.lines).toEqual([
      expect.objectContaining({ sku: goods.sku, total: { currencyCode: 'GBP', units: '144', nanos: 0 } }),
    ]);
    expect(second.etag).toBe(first.etag);
  });

  it('places the order and pays, once however often the request is sent', async () => {
    const body = { cartId: 'current', email, shippingAddress: ADDRESS, paymentMethod: 'pm_card_visa' };
    const headers = { 'idempotency-key': newId() };
    const [first, second] = await Promise.all([
      eventually(() => restOk(order, 'POST', '/v1/orders', { token, body, headers })),
      eventually(() => restOk(order, 'POST', '/v1/orders', { token, body, headers })),
    ]);
    expect(second.orderId).toBe(first.orderId);
    orderId = first.orderId;
    const placed = await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${orderId}`, { token });
      expect(read).toMatchObject({ state: 'ORDER_STATE_CONFIRMED', paymentState: 'PAYMENT_STATE_CAPTURED' });
      return read;
    });
    expect(placed.totals).toEqual({
      tax: { currencyCode: 'GBP', units: '24', nanos: 0 },
      total: { currencyCode: 'GBP', units: '144', nanos: 0 },
    });
    lineId = placed.lines[0]?.lineId ?? '';
    const emptied = await restOk(cart.pick({ lines: true }), 'GET', '/v1/carts/current', { token });
    expect(emptied.lines).toEqual([]);
  });

  it('gets exactly one mail about it', async () => {
    await eventually(async () => {
      const confirmations = (await mailsTo(email)).filter((mail) => mail.text.includes(orderId));
      expect(confirmations).toHaveLength(1);
    });
  });

  it('sees the order in the list, which nobody else does', async () => {
    const list = z.object({ orders: z.array(z.object({ orderId: z.string() })) });
    const { orders } = await restOk(list, 'GET', '/v1/orders', { token });
    expect(orders).toEqual([expect.objectContaining({ orderId })]);
    const stranger = z.object({ tokens: z.object({ accessToken: z.string() }) });
    const { tokens } = await restOk(stranger, 'POST', '/v1/guests', { body: {} });
    expect((await rest('GET', `/v1/orders/${orderId}`, { token: tokens.accessToken })).status).toBe(404);
  });

  it('sends something back and is refunded', async () => {
    const created = await restOk(goodsReturn, 'POST', `/v1/orders/${orderId}/returns`, {
      token,
      body: { requestId: newId(), lines: [{ lineId, quantity: 2 }], reason: 'RETURN_REASON_UNWANTED' },
    });
    await restOk(goodsReturn, 'POST', `/v1/returns/${created.returnId}:receive`, {
      token: adminToken,
      body: { requestId: newId(), lines: [{ lineId, goodQuantity: 2 }] },
    });
    await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${orderId}`, { token });
      expect(read).toMatchObject({
        state: 'ORDER_STATE_PARTIALLY_RETURNED',
        paymentState: 'PAYMENT_STATE_PARTIALLY_REFUNDED',
        refunded: { currencyCode: 'GBP', units: '24', nanos: 0 },
      });
    });
  });

  it('reviews what it bought', async () => {
    const body = { rating: 5, title: 'Not a drip', body: 'Would pour again.' };
    const path = `/v1/products/${goods.productId}/reviews`;
    // The review service learns of purchases from order's facts, which take a moment.
    await eventually(() => restOk(z.looseObject({}), 'POST', path, { token, body }));
    const { reviews } = await restOk(
      z.object({ reviews: z.array(z.object({ title: z.string() })) }),
      'GET',
      path,
    );
    expect(reviews).toEqual([expect.objectContaining({ title: 'Not a drip' })]);
  });

  it('shows in the sales report', async () => {
    const report = z.object({
      rows: z.array(z.object({ figures: z.looseObject({ units: z.string(), returnedUnits: z.string() }) })),
    });
    const [year, month, day] = new Date().toISOString().slice(0, 10).split('-').map(Number);
    const query = new URLSearchParams({
      'fromDate.year': String(year),
      'fromDate.month': String(month),
      'fromDate.day': String(day),
      'toDate.year': String(year),
      'toDate.month': String(month),
      'toDate.day': String(day),
      groupBy: 'SALES_DIMENSION_SKU',
      sku: goods.sku,
    });
    await eventually(async () => {
      const { rows } = await restOk(report, 'GET', `/v1/reports/sales?${query.toString()}`, {
        token: adminToken,
      });
      expect(rows).toEqual([{ figures: expect.objectContaining({ units: '12', returnedUnits: '2' }) }]);
    });
  });
});
