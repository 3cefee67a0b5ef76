import { randomUUID } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  type Order,
  OrderState,
  PaymentState,
  ReturnReason,
  ReturnState,
} from '@souk/gen/souk/order/v1/order_pb';
import { eventually } from '@souk/testing';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;

beforeAll(async () => {
  test = await startOrder();
});
afterEach(() => {
  test.world.fault = () => undefined;
  test.world.discountPerMille = 0n;
});
afterAll(() => test.service.stop());

async function buy(shopper: Shopper, lines: Record<string, number>): Promise<Order> {
  const { order } = await shopper.client.placeOrder(shopper.request(lines));
  if (order === undefined) throw new Error('no order');
  return order;
}

describe('CancelOrder', () => {
  it('refunds and restocks once, however often it is asked for', async () => {
    const shopper = test.shopper('user');
    const before = test.world.stock.get('A');
    const { orderId, etag } = await buy(shopper, { A: 2 });
    const cancel = () => shopper.client.cancelOrder({ orderId, etag, reason: 'too late' });
    const answers = await Promise.all([cancel(), cancel(), cancel()]);
    expect(answers.every(({ order }) => order?.state === OrderState.CANCELLED)).toBe(true);
    const again = await cancel();
    expect(again.order?.paymentState).toBe(PaymentState.REFUNDED);
    expect(again.order?.refunded).toEqual(again.order?.totals?.total);
    expect(again.order?.history.at(-1)).toMatchObject({
      actor: `customer:${shopper.id}`,
      reason: 'too late',
    });
    const [payment] = test.world.paymentsOf(orderId);
    expect(payment?.refunded).toBe(payment?.authorized);
    expect(test.world.stock.get('A')).toBe(before);
  });

  it('goes on by itself when payment does not answer', async () => {
    const shopper = test.shopper();
    const { orderId } = await buy(shopper, { A: 1 });
    let left = 5;
    test.world.fault = (rpc, phase) => {
      if (rpc === 'refundPayment' && phase === 'after' && left-- > 0)
        throw new ConnectError('gone', Code.Unavailable);
    };
    const { order } = await shopper.client.cancelOrder({ orderId }, { timeoutMs: 700 });
    expect(order?.state).toBe(OrderState.CANCELLED);
    await eventually(async () => {
      const read = await shopper.client.getOrder({ orderId });
      expect(read.order?.paymentState).toBe(PaymentState.REFUNDED);
    });
    const [payment] = test.world.paymentsOf(orderId);
    expect(payment?.refunded).toBe(payment?.authorized);
  });

  it('refuses stale etags, orders with returns, and orders of others', async () => {
    const shopper = test.shopper();
    const { orderId, lines } = await buy(shopper, { A: 1 });
    const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call))?.reason;
    expect(await reasonOf(shopper.client.cancelOrder({ orderId, etag: '"zz"' }))).toBe('ETAG_MISMATCH');
    expect(await reasonOf(test.shopper().client.cancelOrder({ orderId }))).toBe('ORDER_NOT_FOUND');
    await shopper.client.createReturn({
      requestId: randomUUID(),
      orderId,
      lines: [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }],
      reason: ReturnReason.UNWANTED,
    });
    expect(await reasonOf(shopper.client.cancelOrder({ orderId }))).toBe('ORDER_STATE_FORBIDS');
  });

  it('lets staff with the permission cancel for a customer', async () => {
    const { orderId } = await buy(test.shopper(), { A: 1 });
    const { order } = await test.staff('order.orders.cancel').cancelOrder({ orderId, reason: 'by phone' });
    expect(order?.history.at(-1)?.actor).toMatch(/^staff:/);
  });
});

describe('returns', () => {
  it('restock good units, refund all that arrived, and never more than was captured', async () => {
    const shopper = test.shopper();
    const warehouse = test.staff('order.returns.write');
    test.world.discountPerMille = 37n;
    const before = test.world.stock.get('B') ?? 0;
    const { orderId } = await buy(shopper, { B: 3 });
    const refunds: bigint[] = [];
    for (const [good, damaged] of [
      [1, 0],
      [1, 1],
    ] as const) {
      const { orderReturn } = await shopper.client.createReturn({
        requestId: randomUUID(),
        orderId,
        lines: [{ lineId: '1', quantity: good + damaged }],
        reason: ReturnReason.DEFECTIVE,
      });
      expect(orderReturn?.state).toBe(ReturnState.REQUESTED);
      const requestId = randomUUID();
      const request = {
        requestId,
        returnId: orderReturn?.returnId ?? '',
        lines: [{ lineId: '1', goodQuantity: good, damagedQuantity: damaged }],
      };
      const received = await warehouse.receiveReturn(request);
      expect(received.orderReturn?.state).toBe(ReturnState.COMPLETED);
      expect(await warehouse.receiveReturn(request)).toEqual(received);
      const otherRequest = await refusalOf(warehouse.receiveReturn({ ...request, requestId: randomUUID() }));
      expect(otherRequest?.reason).toBe('RETURN_STATE_FORBIDS');
      const { units = 0n, nanos = 0 } = received.orderReturn?.refund ?? {};
      refunds.push(units * 100n + BigInt(nanos / 10_000_000));
    }
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order).toMatchObject({ state: OrderState.RETURNED, paymentState: PaymentState.REFUNDED });
    expect(order?.refunded).toEqual(order?.totals?.total);
    const [payment] = test.world.paymentsOf(orderId);
    expect(payment?.refunded).toBe(payment?.authorized);
    expect(refunds.reduce((sum, refund) => sum + refund, 0n)).toBe(payment?.authorized);
    expect(test.world.stock.get('B')).toBe(before - 1);
    expect(test.world.damaged.get('B')).toBe(1);
    const { orderReturns } = await shopper.client.listReturns({ orderId });
    expect(orderReturns).toHaveLength(2);
  });

  it('are announced once per request id, and never beyond what was bought', async () => {
    const shopper = test.shopper();
    const { orderId } = await buy(shopper, { A: 3 });
    const request = {
      requestId: randomUUID(),
      orderId,
      lines: [{ lineId: '1', quantity: 2 }],
      reason: ReturnReason.OTHER,
    };
    const [one, two] = await Promise.all([
      shopper.client.createReturn(request),
      shopper.client.createReturn(request),
    ]);
    expect(one).toEqual(two);
    const refused = await refusalOf(shopper.client.createReturn({ ...request, requestId: randomUUID() }));
    expect(refused).toMatchObject({ reason: 'RETURN_QUANTITY_EXCEEDED', metadata: { returnable: '1' } });
    const other = await refusalOf(shopper.client.createReturn({ ...request, note: 'another' }));
    expect(other?.reason).toBe('REQUEST_ID_REUSED');
    const stranger = test.shopper().client;
    const returnId = one.orderReturn?.returnId ?? '';
    expect((await refusalOf(stranger.getReturn({ returnId })))?.reason).toBe('RETURN_NOT_FOUND');
    expect(
      (await refusalOf(shopper.client.receiveReturn({ requestId: randomUUID(), returnId })))?.reason,
    ).toBe('PERMISSION_MISSING');
  });
});

describe('orders of the past', () => {
  const day = new Date('2011-11-09T08:26:00Z');

  it('need a grant that covers their time, and are quoted at it', async () => {
    const { client, request } = test.shopper();
    const orderTime = timestampFromDate(day);
    const reasonOf = async (grant: string, time = orderTime) =>
      (await refusalOf(client.placeOrder(request({ A: 1 }, { orderTime: time, backdatingGrant: grant }))))
        ?.reason;
    expect(await reasonOf('')).toBe('ORDER_TIME_NOT_GRANTED');
    expect(await reasonOf('not a grant')).toBe('BACKDATING_GRANT_INVALID');
    const forged = await test.service.signAs(
      'pricing',
      { earliest: 0, latest: Date.now() },
      'order:backdating',
      60,
    );
    expect(await reasonOf(forged)).toBe('BACKDATING_GRANT_INVALID');

    const { backdatingGrant } = await test.staff('order.orders.backdate').createBackdatingGrant({
      earliestTime: timestampFromDate(new Date('2011-11-01T00:00:00Z')),
      latestTime: timestampFromDate(new Date('2011-12-01T00:00:00Z')),
    });
    const tooEarly = timestampFromDate(new Date('2011-10-31T00:00:00Z'));
    expect(await reasonOf(backdatingGrant, tooEarly)).toBe('BACKDATING_GRANT_INVALID');
    const { order } = await client.placeOrder(request({ A: 1 }, { orderTime, backdatingGrant }));
    expect(order?.orderTime).toEqual(orderTime);
    expect(test.world.priceTimes.at(-1)).toEqual(day);

    const later = timestampFromDate(new Date('2011-11-20T00:00:00Z'));
    const { orderReturn } = await client.createReturn({
      requestId: randomUUID(),
      orderId: order?.orderId ?? '',
      lines: [{ lineId: '1', quantity: 1 }],
      reason: ReturnReason.UNWANTED,
      returnTime: later,
      backdatingGrant,
    });
    const received = await test.staff('order.returns.write').receiveReturn({
      requestId: randomUUID(),
      returnId: orderReturn?.returnId ?? '',
      receiveTime: later,
      backdatingGrant,
    });
    expect(received.orderReturn?.receiveTime).toEqual(later);
  });

  it('are not to be had without the permission', async () => {
    const times = { earliestTime: timestampFromDate(day), latestTime: timestampFromDate(day) };
    const refused = await refusalOf(test.staff('order.orders.read').createBackdatingGrant(times));
    expect(refused?.reason).toBe('PERMISSION_MISSING');
  });
});
