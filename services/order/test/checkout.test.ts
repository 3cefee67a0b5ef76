import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import { OrderState, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { eventually } from '@souk/testing';
import { refusalOf, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;

beforeAll(async () => {
  test = await startOrder();
});
afterEach(() => {
  test.world.fault = () => undefined;
  test.world.discountPerMille = 0n;
});
afterAll(() => test.service.stop());

/** Makes a call fail for an order's first attempts, before or after its effect. */
function failFirst(rpc: string, phase: 'before' | 'after', times: number): void {
  let left = times;
  test.world.fault = (called, when) => {
    if (called === rpc && when === phase && left-- > 0) throw new ConnectError('gone', Code.Unavailable);
  };
}

describe('PlaceOrder', () => {
  it('sells what is in the cart, at the quoted prices, and captures exactly that', async () => {
    const { client, request, id } = test.shopper();
    test.world.discountPerMille = 100n;
    const before = test.world.stock.get('A') ?? 0;
    const sent = request({ A: 2, B: 3 });
    const { order } = await client.placeOrder(sent);
    expect(order).toMatchObject({
      state: OrderState.CONFIRMED,
      paymentState: PaymentState.CAPTURED,
      customerId: id,
      currencyCode: 'GBP',
      lineCount: 2,
    });
    // (2000 - 200 + 360) + (999 - 99 + 180)
    expect(order?.totals?.total).toMatchObject({ units: 32n, nanos: 400_000_000 });
    expect(order?.lines.map(({ sku, title, productId }) => [sku, title, productId])).toEqual([
      ['A', 'The A', 'product-A'],
      ['B', 'The B', 'product-B'],
    ]);
    const orderId = order?.orderId ?? '';
    expect(test.world.paymentsOf(orderId)).toMatchObject([{ state: 'captured', authorized: 3_240n }]);
    expect(test.world.reservations.get(orderId)?.state).toBe('committed');
    expect(test.world.stock.get('A')).toBe(before - 2);
    await eventually(() => expect(test.world.carts.get(sent.cartId ?? '')?.lines.size).toBe(0));

    const read = await client.getOrder({ orderId });
    expect(read.order).toEqual(order);
    expect(read.order?.history.map(({ toState }) => toState)).toEqual([
      OrderState.PENDING,
      OrderState.CONFIRMED,
    ]);
  });

  it('rejects an order that stock does not suffice for, and takes nothing', async () => {
    const { client, request } = test.shopper();
    const refusal = await refusalOf(client.placeOrder(request({ A: 1, C: 5_000 })));
    expect(refusal).toMatchObject({
      reason: 'STOCK_INSUFFICIENT',
      metadata: { sku: 'C', requested: '5000' },
    });
    const orderId = refusal?.metadata['order_id'] ?? '';
    const { order } = await client.getOrder({ orderId });
    expect(order).toMatchObject({ state: OrderState.REJECTED, rejection: { reason: 'STOCK_INSUFFICIENT' } });
    expect(test.world.paymentsOf(orderId)).toEqual([]);
  });

  it('rejects an order whose payment is declined, and gives the stock back', async () => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    const sent = request({ A: 4 }, { paymentMethod: 'pm_card_declined' });
    const refusal = await refusalOf(client.placeOrder(sent));
    expect(refusal).toMatchObject({
      reason: 'PAYMENT_DECLINED',
      metadata: { provider_reason: 'insufficient_funds' },
    });
    expect(test.world.stock.get('A')).toBe(before);
    // The same request again is refused alike, by the same order.
    expect(await refusalOf(client.placeOrder(sent))).toEqual(refusal);
  });

  it('makes one order of fifty concurrent calls with one request id, and answers all alike', async () => {
    const { client, request, id } = test.shopper();
    const sent = request({ A: 1 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.placeOrder(sent)));
    expect(new Set(answers.map(({ order }) => order?.orderId)).size).toBe(1);
    expect(answers.every(({ order }) => order?.paymentState === PaymentState.CAPTURED)).toBe(true);
    const { orders } = await client.listOrders({});
    expect(orders.filter(({ customerId }) => customerId === id)).toHaveLength(1);
    expect(test.world.paymentsOf(orders[0]?.orderId ?? '')).toHaveLength(1);
  });

  it('refuses a request id that comes with another body', async () => {
    const { client, request } = test.shopper();
    const sent = request({ A: 1 });
    await client.placeOrder(sent);
    const refusal = await refusalOf(client.placeOrder({ ...sent, email: 'other@example.org' }));
    expect(refusal?.reason).toBe('REQUEST_ID_REUSED');
  });

  it.each(['reserveStock', 'authorizePayment', 'commitReservation', 'capturePayment', 'closeCart'])(
    'asks %s again under the same key when its reply is lost',
    async (rpc) => {
      const { client, request } = test.shopper();
      const before = test.world.stock.get('B') ?? 0;
      failFirst(rpc, 'after', 4);
      const { order } = await client.placeOrder(request({ B: 1 }));
      const orderId = order?.orderId ?? '';
      await eventually(async () => {
        const read = await client.getOrder({ orderId });
        expect(read.order?.paymentState).toBe(PaymentState.CAPTURED);
      });
      expect(test.world.stock.get('B')).toBe(before - 1);
      expect(test.world.paymentsOf(orderId)).toMatchObject([{ state: 'captured' }]);
    },
  );

  it('answers with the pending order when time runs out, and finishes it later', async () => {
    const { client, request } = test.shopper();
    let isDown = true;
    test.world.fault = (rpc) => {
      if (rpc === 'authorizePayment' && isDown) throw new ConnectError('down', Code.Unavailable);
    };
    const { order } = await client.placeOrder(request({ A: 1 }), { timeoutMs: 1_500 });
    expect(order).toMatchObject({ state: OrderState.PENDING });
    const { sagas } = await test.staff('order.sagas.read').listSagas({ orderId: order?.orderId ?? '' });
    expect(sagas).toMatchObject([{ kind: 'checkout', steps: ['authorize'] }]);
    isDown = false;
    const staff = test.staff('order.sagas.write');
    await staff.resumeSaga({ sagaId: sagas[0]?.sagaId ?? '' });
    await eventually(async () => {
      const read = await client.getOrder({ orderId: order?.orderId ?? '' });
      expect(read.order?.paymentState).toBe(PaymentState.CAPTURED);
    });
    const refusal = await refusalOf(staff.resumeSaga({ sagaId: sagas[0]?.sagaId ?? '' }));
    expect(refusal?.reason).toBe('SAGA_ENDED');
  });

  it('rejects and pays back when the reservation runs out before it is committed', async () => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    test.world.fault = (rpc, phase, orderId) => {
      if (rpc === 'commitReservation' && phase === 'before') test.world.expire(orderId);
    };
    const refusal = await refusalOf(client.placeOrder(request({ A: 3 })));
    expect(refusal).toMatchObject({ reason: 'CHECKOUT_REFUSED', metadata: { cause: 'RESERVATION_EXPIRED' } });
    const orderId = refusal?.metadata['order_id'] ?? '';
    const { order } = await client.getOrder({ orderId });
    expect(order).toMatchObject({ state: OrderState.REJECTED, paymentState: PaymentState.REFUNDED });
    const [payment] = test.world.paymentsOf(orderId);
    expect(payment?.refunded).toBe(payment?.authorized);
    expect(test.world.stock.get('A')).toBe(before);
  });

  it('says what is wrong with the cart, its lines or the address', async () => {
    const { client, request, id } = test.shopper();
    const reasonOf = async (
      changes: Parameters<typeof request>[1],
      lines: Record<string, number> = { A: 1 },
    ) => (await refusalOf(client.placeOrder(request(lines, changes))))?.reason;
    expect(await reasonOf({ cartId: randomUUID() })).toBe('CART_NOT_FOUND');
    expect(await reasonOf({ cartId: test.world.addCart(id, {}) })).toBe('CART_EMPTY');
    expect(await reasonOf({ cartEtag: '"old"' })).toBe('CART_CHANGED');
    expect(await reasonOf({}, { NOWHERE: 1 })).toBe('PRICE_UNAVAILABLE');
    expect(await reasonOf({}, { OLD: 1 })).toBe('VARIANT_UNAVAILABLE');
    expect(await reasonOf({ shippingAddress: { regionCode: 'GB', addressLines: ['1 Road'] } })).toBe(
      'ADDRESS_INVALID',
    );
    expect(await reasonOf({ email: 'nobody' })).toBe('VALIDATION_FAILED');
  });
});
