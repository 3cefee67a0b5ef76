import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { OrderState, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import type { CheckoutTenderSchema } from '@souk/gen/souk/order/v1/order_service_pb';
import { Money } from '@souk/kernel';
import { moneyToProto } from '@souk/rpc';
import { openSql, type Sql } from '@souk/sql';
import { eventually } from '@souk/testing';
import { migrations } from '../src/storage/migrations/index.ts';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let test: TestOrder;
let database: Sql;

beforeAll(async () => {
  test = await startOrder();
  database = await openSql(hostBeside(test.service, 'order'), { migrations, poolMax: 2 });
});
afterEach(() => {
  test.world.fault = () => undefined;
});
afterAll(async () => {
  await test.service.stop();
  await database.close();
});

type Asked = MessageInitShape<typeof CheckoutTenderSchema>;
type Means = NonNullable<Asked['means']>;

/** Pays some pence, or what the others leave. */
const by = (means: Means, pence?: number, currency = 'GBP'): Asked => ({
  means,
  ...(pence !== undefined && { amount: moneyToProto(Money.of(currency, pence)) }),
});
const card = (pence?: number, value = 'pm_card_visa') => by({ case: 'paymentMethod', value }, pence);
const saved = (value: string, pence?: number) => by({ case: 'savedPaymentMethodId', value }, pence);
const gift = (value: string, pence?: number) => by({ case: 'giftCardCode', value }, pence);
const credit = (pence?: number) => by({ case: 'storeCredit', value: {} }, pence);

/** A gift card with some pence on it; its code. */
function giftCard(pence: number, currency = 'GBP', isDisabled = false): string {
  const code = `GIFT-${randomUUID().slice(0, 8)}`;
  test.world.purse.giftCards.set(code, { balance: Money.of(currency, pence), isDisabled });
  return code;
}

/** Pays two of A: 24.00 GBP. */
const pay = ({ client, request }: Shopper, ...tenders: Asked[]) =>
  client.placeOrder(request({ A: 2 }, { paymentMethod: '', tenders }));

/** What the database keeps of an order's saga. */
async function storedOf(orderId: string): Promise<string> {
  const rows = await database.knex('sagas').where('order_id', orderId).select<{ data: unknown }[]>('data');
  expect(rows).toHaveLength(1);
  return JSON.stringify(rows);
}

describe('tenders', () => {
  it('pay an order together, the one without an amount what the others leave; codes are forgotten', async () => {
    const shopper = test.shopper();
    const code = giftCard(1_000);
    test.world.purse.credit.set(shopper.id, 500n);
    const sent = shopper.request(
      { A: 2 },
      { paymentMethod: '', tenders: [gift(code, 1_000), card(), credit(500)], deviceId: 'phone-7' },
    );
    const { order } = await shopper.client.placeOrder(sent);
    expect(order).toMatchObject({ state: OrderState.CONFIRMED, paymentState: PaymentState.CAPTURED });
    const orderId = order?.orderId ?? '';
    expect(test.world.paymentsOf(orderId)).toMatchObject([
      {
        state: 'captured',
        authorized: 2_400n,
        deviceId: 'phone-7',
        tenders: [
          ['giftCardCode', code, 1_000n],
          ['paymentMethod', 'pm_card_visa', 900n],
          ['storeCredit', shopper.id, 500n],
        ],
      },
    ]);
    const stored = await storedOf(orderId);
    for (const secret of [code, 'pm_card_visa', 'phone-7', sent.email]) expect(stored).not.toContain(secret);
    // The same request again is the same order.
    expect((await shopper.client.placeOrder(sent)).order?.orderId).toBe(orderId);
  });

  it('may be a saved card alone, and a gift card that pays all needs no other', async () => {
    const shopper = test.shopper('user');
    const methodId = randomUUID();
    test.world.purse.savedMethods.set(methodId, shopper.id);
    const bySaved = (await pay(shopper, saved(methodId))).order;
    expect(test.world.paymentsOf(bySaved?.orderId ?? '')[0]?.tenders).toEqual([
      ['savedPaymentMethodId', methodId, 2_400n],
    ]);
    const code = giftCard(2_400);
    const byGift = (await pay(shopper, gift(code, 2_400), card())).order;
    expect(test.world.paymentsOf(byGift?.orderId ?? '')[0]?.tenders).toEqual([
      ['giftCardCode', code, 2_400n],
    ]);
  });

  it('are asked for again with the same parts when the reply is lost', async () => {
    let left = 2;
    test.world.fault = (rpc, phase) => {
      if (rpc === 'authorizePayment' && phase === 'after' && left-- > 0)
        throw new ConnectError('gone', Code.Unavailable);
    };
    const { order } = await pay(test.shopper(), gift(giftCard(1_000), 1_000), card());
    await eventually(async () => {
      expect(test.world.paymentsOf(order?.orderId ?? '')).toMatchObject([{ state: 'captured' }]);
    });
  });

  it('are refused before anything happens unless they add up', async () => {
    const shopper = test.shopper();
    const code = giftCard(9_000);
    const calls = test.world.calls.length;
    const wrong: Asked[][] = [
      [gift(code, 2_399)],
      [gift(code, 2_401), card()],
      [gift(code), card()],
      [card(1_000), saved(randomUUID(), 1_400)],
      [gift(code, 2_400), card(0)],
      [by({ case: 'giftCardCode', value: code }, 2_400, 'EUR')],
    ];
    for (const tenders of wrong)
      expect(await refusalOf(pay(shopper, ...tenders))).toEqual({
        reason: 'TENDERS_INVALID',
        metadata: { total: '24.00 GBP' },
      });
    expect(test.world.calls).toHaveLength(calls);
    expect((await shopper.client.listOrders({})).orders).toEqual([]);
  });

  it('are refused besides a payment method, and so is neither', async () => {
    const { client, request } = test.shopper();
    const both = client.placeOrder(request({ A: 1 }, { tenders: [card()] }));
    await expect(both).rejects.toMatchObject({ code: Code.InvalidArgument });
    expect((await refusalOf(both))?.reason).toBe('TENDERS_INVALID');
    const neither = client.placeOrder(request({ A: 1 }, { paymentMethod: '' }));
    expect((await refusalOf(neither))?.reason).toBe('PAYMENT_METHOD_REQUIRED');
  });

  it('are bounded, and each has a means', async () => {
    const shopper = test.shopper();
    const seven = Array.from({ length: 7 }, () => credit(100));
    for (const tenders of [seven, [{}], [gift('')], [saved('mine')]])
      expect((await refusalOf(pay(shopper, ...tenders)))?.reason).toBe('VALIDATION_FAILED');
    const fraction = {
      amount: { currencyCode: 'GBP', units: 1n, nanos: 1 },
      means: { case: 'storeCredit', value: {} } as const,
    };
    expect((await refusalOf(pay(shopper, fraction, card())))?.reason).toBe('VALIDATION_FAILED');
  });

  it.each<[string, Record<string, string>, () => Asked[]]>([
    ['GIFT_CARD_NOT_FOUND', {}, () => [gift('GIFT-NONE', 100), card()]],
    ['GIFT_CARD_UNUSABLE', { cause: 'DISABLED' }, () => [gift(giftCard(500, 'GBP', true), 100), card()]],
    ['GIFT_CARD_INSUFFICIENT', { available: '5.00 GBP' }, () => [gift(giftCard(500), 501), card()]],
    ['STORED_VALUE_CURRENCY_MISMATCH', { currency: 'EUR' }, () => [gift(giftCard(500, 'EUR'), 100), card()]],
    ['STORE_CREDIT_INSUFFICIENT', { available: '0.00 GBP' }, () => [credit(1), card()]],
    ['PAYMENT_METHOD_NOT_FOUND', {}, () => [saved(anothers())]],
    [
      'PAYMENT_DECLINED',
      { provider_reason: 'insufficient_funds' },
      () => [card(undefined, 'pm_card_declined')],
    ],
  ])('that payment refuses with %s reject the order, which says so', async (reason, metadata, tenders) => {
    const shopper = test.shopper('user');
    const stock = test.world.stock.get('A');
    const asked = tenders();
    const call = pay(shopper, ...asked);
    await expect(call).rejects.toMatchObject({ code: Code.FailedPrecondition });
    const refusal = await refusalOf(call);
    expect(refusal).toMatchObject({ reason, metadata });
    const orderId = refusal?.metadata['order_id'] ?? '';
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order).toMatchObject({ state: OrderState.REJECTED, rejection: { reason } });
    expect(test.world.paymentsOf(orderId)).toEqual([]);
    expect(test.world.stock.get('A')).toBe(stock);
    const stored = await storedOf(orderId);
    for (const { means } of asked)
      if (typeof means?.value === 'string') expect(stored).not.toContain(means.value);
  });
});

/** A payment method that somebody else has saved. */
function anothers(): string {
  const methodId = randomUUID();
  test.world.purse.savedMethods.set(methodId, randomUUID());
  return methodId;
}
