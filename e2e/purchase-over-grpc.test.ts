import { beforeAll, describe, expect, it } from '@jest/globals';
import { OrderState, PaymentState, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import type { Clients, Protocol } from './support/clients.ts';
import { clientsOver } from './support/clients.ts';
import { mailsTo } from './support/mail.ts';
import type { Goods } from './support/shop.ts';
import { adminClients, putOnSale } from './support/shop.ts';

/** The same purchase by generated clients, over both protocols of gRPC. Later steps need earlier ones. */
describe.each<Protocol>(['gRPC', 'gRPC-web'])('a purchase over %s', (protocol) => {
  const email = `grace-${newId()}@example.com`;
  let admin: Clients;
  let shopper: Clients;
  let goods: Goods;
  let orderId: string;
  let lineId: string;

  beforeAll(async () => {
    admin = await adminClients();
    goods = await putOnSale(admin, 50);
  });

  it('registers', async () => {
    const { tokens } = await clientsOver(protocol).identity.register({
      email,
      password: `battery staple ${newId()}`,
      displayName: 'Grace',
    });
    shopper = clientsOver(protocol, tokens?.accessToken);
    const { account } = await shopper.identity.getAccount({ accountId: 'me' });
    expect(account?.email).toBe(email);
  });

  it('searches and looks at the product page', async () => {
    await eventually(async () => {
      const { products } = await shopper.catalog.searchProducts({ query: goods.title });
      expect(products.map((product) => product.productId)).toContain(goods.productId);
    });
    await eventually(async () => {
      const { page } = await shopper.storefront.getProductPage({ productId: goods.handle });
      expect(page).toMatchObject({
        product: { title: goods.title },
        availability: { skus: [{ available: 50n }] },
      });
    });
  });

  it('fills the cart, places the order and pays', async () => {
    const { cart } = await shopper.cart.addItems({
      cartId: 'current',
      items: [{ sku: goods.sku, quantity: 2 }],
      currency: 'GBP',
      country: 'GB',
      requestId: newId(),
    });
    expect(cart?.totals?.total).toMatchObject({ currencyCode: 'GBP', units: 30n, nanos: 0 });
    const { order } = await shopper.order.placeOrder({
      requestId: newId(),
      cartId: 'current',
      cartEtag: cart?.etag ?? '',
      email,
      shippingAddress: {
        regionCode: 'GB',
        postalCode: 'N1 9GU',
        locality: 'London',
        addressLines: ['1 Kettle Row'],
      },
      paymentMethod: 'pm_card_visa',
    });
    orderId = order?.orderId ?? '';
    lineId = order?.lines[0]?.lineId ?? '';
    await eventually(async () => {
      const read = await shopper.order.getOrder({ orderId });
      expect(read.order).toMatchObject({ state: OrderState.CONFIRMED, paymentState: PaymentState.CAPTURED });
    });
  });

  it('watches the order from a snapshot on', async () => {
    for await (const message of shopper.order.watchOrder({ orderId })) {
      expect(
        JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      ).toContain(orderId);
      break;
    }
  });

  it('gets exactly one mail about it', async () => {
    await eventually(async () => {
      const confirmations = (await mailsTo(email)).filter((mail) => mail.text.includes(orderId));
      expect(confirmations).toHaveLength(1);
    });
  });

  it('sends one back, is refunded, and reviews what it kept', async () => {
    const { orderReturn } = await shopper.order.createReturn({
      requestId: newId(),
      orderId,
      lines: [{ lineId, quantity: 1 }],
      reason: ReturnReason.UNWANTED,
    });
    await admin.order.receiveReturn({
      requestId: newId(),
      returnId: orderReturn?.returnId ?? '',
      lines: [{ lineId, goodQuantity: 1, damagedQuantity: 0 }],
    });
    await eventually(async () => {
      const { order } = await shopper.order.getOrder({ orderId });
      expect(order).toMatchObject({
        state: OrderState.PARTIALLY_RETURNED,
        refunded: { units: 15n, nanos: 0 },
      });
    });
    await eventually(() =>
      shopper.review.createReview({ productId: goods.productId, rating: 4, title: 'Good' }),
    );
    const { reviews } = await shopper.review.listReviews({ productId: goods.productId });
    expect(reviews).toHaveLength(1);
  });
});
