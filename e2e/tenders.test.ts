import { beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import { reasonOf, rest, restOk } from './support/rest.ts';
import type { Goods } from './support/shop.ts';
import { adminClients, login, putOnSale } from './support/shop.ts';
import { readPlatform } from './support/platform.ts';

const money = z.object({ currencyCode: z.string(), units: z.string(), nanos: z.number() });
const session = z.object({ tokens: z.object({ accessToken: z.string() }) });
const issued = z.object({
  giftCards: z.array(z.object({ code: z.string(), giftCard: z.object({ giftCardId: z.string() }) })),
});
const giftCard = z.object({ balance: money, heldAmount: money });
const order = z.object({
  orderId: z.string(),
  state: z.string(),
  paymentState: z.string(),
  totals: z.object({ total: money }),
});
const tender = z.object({ kind: z.string(), capturedAmount: money, refundedAmount: money });
const payments = z.object({
  payments: z.array(z.object({ paymentId: z.string(), tenders: z.array(tender) })),
});
const ledger = z.object({
  entries: z.array(z.object({ account: z.string(), side: z.string(), amount: money })),
});

const pounds = (units: number) => ({ currencyCode: 'GBP', units: String(units), nanos: 0 });
const ADDRESS = {
  regionCode: 'GB',
  postalCode: 'N1 9GU',
  locality: 'London',
  addressLines: ['1 Kettle Row'],
};

/** A gift card pays a part of an order and a card the rest, and both get their money back. Later steps need earlier ones. */
describe('an order paid by a gift card and a card', () => {
  let goods: Goods;
  let token: string;
  let adminToken: string;
  let code: string;
  let giftCardId: string;
  let orderId: string;

  const place = (tenders: readonly object[], requestId: string) =>
    rest('POST', '/v1/orders', {
      token,
      body: {
        requestId,
        cartId: 'current',
        email: 'ada@example.com',
        shippingAddress: ADDRESS,
        deviceId: 'e2e-browser',
        tenders,
      },
    });
  const balance = () => restOk(giftCard, 'GET', `/v1/gift-cards/${giftCardId}`, { token: adminToken });
  const tendersOfOrder = async () => {
    const found = await restOk(payments, 'GET', `/v1/payments?orderId=${orderId}`, { token: adminToken });
    expect(found.payments).toHaveLength(1);
    return found.payments[0];
  };

  beforeAll(async () => {
    goods = await putOnSale(await adminClients(), 100);
    ({ accessToken: adminToken } = await login(readPlatform().admin));
    ({
      tokens: { accessToken: token },
    } = await restOk(session, 'POST', '/v1/guests', { body: {} }));
  });

  it('begins with a gift card that staff issue, and a cart', async () => {
    const body = { requestId: newId(), amount: pounds(20) };
    const { giftCards } = await restOk(issued, 'POST', '/v1/gift-cards', { token: adminToken, body });
    code = giftCards[0]?.code ?? '';
    giftCardId = giftCards[0]?.giftCard.giftCardId ?? '';
    const items = [{ sku: goods.sku, quantity: 12 }];
    // 12 × 10.00 × 1.2
    await restOk(z.looseObject({}), 'POST', '/v1/carts/current/items', {
      token,
      body: { items, currency: 'GBP', country: 'GB', requestId: newId() },
    });
  });

  it('is refused when the card’s balance does not suffice, or the parts do not add up', async () => {
    const tooMuch = await eventually(async () => {
      const reply = await place(
        [{ amount: pounds(21), giftCardCode: code }, { paymentMethod: 'pm_card_visa' }],
        newId(),
      );
      expect(reasonOf(reply)).toBe('GIFT_CARD_INSUFFICIENT');
      return reply;
    });
    expect(tooMuch.status).toBe(400);
    const tooLittle = await place([{ amount: pounds(20), giftCardCode: code }], newId());
    expect([tooLittle.status, reasonOf(tooLittle)]).toEqual([400, 'TENDERS_INVALID']);
    expect(await balance()).toEqual({ balance: pounds(20), heldAmount: pounds(0) });
  });

  it('is confirmed, and the books show who paid what', async () => {
    const requestId = newId();
    const tenders = [{ amount: pounds(20), giftCardCode: code }, { paymentMethod: 'pm_card_visa' }];
    const placed = await eventually(async () => {
      const reply = await place(tenders, requestId);
      expect(reply.status).toBe(200);
      return order.parse(reply.json());
    });
    ({ orderId } = placed);
    await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${orderId}`, { token });
      expect(read).toMatchObject({ state: 'ORDER_STATE_CONFIRMED', paymentState: 'PAYMENT_STATE_CAPTURED' });
      expect(read.totals.total).toEqual(pounds(144));
    });
    const payment = await tendersOfOrder();
    expect(payment?.tenders).toEqual([
      { kind: 'TENDER_KIND_GIFT_CARD', capturedAmount: pounds(20), refundedAmount: pounds(0) },
      { kind: 'TENDER_KIND_CARD', capturedAmount: pounds(124), refundedAmount: pounds(0) },
    ]);
    expect(await balance()).toEqual({ balance: pounds(0), heldAmount: pounds(0) });
    const path = `/v1/ledger/entries?paymentId=${payment?.paymentId ?? ''}`;
    const { entries } = await restOk(ledger, 'GET', path, { token: adminToken });
    expect(entries.map(({ account, side, amount }) => [account, side.split('_').at(-1), amount])).toEqual([
      ['gift_card_liability', 'DEBIT', pounds(20)],
      ['provider_receivable', 'DEBIT', pounds(124)],
      ['order_clearing', 'CREDIT', pounds(144)],
    ]);
  });

  it('gives both their money back when it is cancelled', async () => {
    await restOk(order, 'POST', `/v1/orders/${orderId}:cancel`, {
      token,
      body: { reason: 'changed my mind' },
    });
    await eventually(async () => {
      const read = await restOk(order, 'GET', `/v1/orders/${orderId}`, { token });
      expect(read).toMatchObject({ state: 'ORDER_STATE_CANCELLED', paymentState: 'PAYMENT_STATE_REFUNDED' });
    });
    const payment = await tendersOfOrder();
    expect(payment?.tenders).toEqual([
      { kind: 'TENDER_KIND_GIFT_CARD', capturedAmount: pounds(20), refundedAmount: pounds(20) },
      { kind: 'TENDER_KIND_CARD', capturedAmount: pounds(124), refundedAmount: pounds(124) },
    ]);
    expect(await balance()).toEqual({ balance: pounds(20), heldAmount: pounds(0) });
  });
});
