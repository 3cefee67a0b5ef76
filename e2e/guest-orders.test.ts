import { beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerKind, OrderState } from '@souk/gen/souk/order/v1/order_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { clientsOver } from './support/clients.ts';
import { mailsTo } from './support/mail.ts';
import type { Goods } from './support/shop.ts';
import { adminClients, putOnSale } from './support/shop.ts';

/** What was bought as a guest, across order, identity and notification. */
describe('an order of a guest', () => {
  let goods: Goods;

  beforeAll(async () => {
    goods = await putOnSale(await adminClients(), 5);
  });

  it('is the account’s as soon as that has confirmed the address, and the guest’s no more', async () => {
    const email = `Joan-${newId()}@Example.com`;
    const { tokens } = await clientsOver('gRPC').identity.createGuest({});
    const guest = clientsOver('gRPC', tokens?.accessToken);
    await guest.cart.addItems({
      cartId: 'current',
      items: [{ sku: goods.sku, quantity: 1 }],
      currency: 'GBP',
      country: 'GB',
      requestId: newId(),
    });
    const { order } = await guest.order.placeOrder({
      requestId: newId(),
      cartId: 'current',
      email,
      shippingAddress: {
        regionCode: 'GB',
        postalCode: 'N1 9GU',
        locality: 'London',
        addressLines: ['1 Kettle Row'],
      },
      paymentMethod: 'pm_card_visa',
    });
    const orderId = order?.orderId ?? '';
    await eventually(async () => {
      const read = await guest.order.getOrder({ orderId });
      expect(read.order).toMatchObject({ state: OrderState.CONFIRMED, customerKind: CustomerKind.GUEST });
    });

    const address = email.toLowerCase();
    const registered = await clientsOver('gRPC').identity.register({
      email: address,
      password: `battery staple ${newId()}`,
    });
    const joan = clientsOver('gRPC', registered.tokens?.accessToken);
    expect((await joan.order.listOrders({})).orders).toEqual([]);
    const token = await eventually(async () => {
      const mails = await mailsTo(address);
      const found = mails.flatMap(({ text }) => /[?&#]token=([\w.~%-]+)/.exec(text)?.[1] ?? []);
      if (found[0] === undefined) throw new Error(`no link among ${mails.length} mails`);
      return decodeURIComponent(found[0]);
    });
    await joan.identity.confirmEmail({ token });
    await eventually(async () => {
      const { orders } = await joan.order.listOrders({});
      expect(orders.map((each) => each.orderId)).toEqual([orderId]);
    });
    await expect(guest.order.getOrder({ orderId })).rejects.toThrow('There is no such order.');
    expect((await guest.order.listOrders({})).orders).toEqual([]);
  });
});
