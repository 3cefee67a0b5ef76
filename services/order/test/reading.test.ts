import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderService, OrderView, WatchEndReason } from '@souk/gen/souk/order/v1/order_service_pb';
import { OrderState } from '@souk/gen/souk/order/v1/order_pb';
import { refusalOf, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;

beforeAll(async () => {
  test = await startOrder({ SOUK_ORDER_WATCH_HEARTBEAT_MS: '100' });
});
afterAll(() => test.service.stop());

describe('GetOrder', () => {
  it('shows an order to its buyer and to staff, and to nobody else', async () => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const orderId = order?.orderId ?? '';
    expect((await test.staff('order.orders.read').getOrder({ orderId })).order).toEqual(order);
    expect((await refusalOf(test.shopper().client.getOrder({ orderId })))?.reason).toBe('ORDER_NOT_FOUND');
    expect((await refusalOf(client.getOrder({ orderId: randomUUID() })))?.reason).toBe('ORDER_NOT_FOUND');
    expect((await refusalOf(test.service.client(OrderService).getOrder({ orderId })))?.reason).toBe(
      'TOKEN_MISSING',
    );
  });

  it('tells notification, and only notification, whom to write to', async () => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const orderId = order?.orderId ?? '';
    const contact = await test.service
      .client(OrderService, { caller: 'notification' })
      .getOrderContact({ orderId });
    expect(contact).toMatchObject({ email: 'ada@example.org', name: 'Ada Lovelace', locale: 'en' });
    const other = test.service.client(OrderService, { caller: 'cart' });
    expect((await refusalOf(other.getOrderContact({ orderId })))?.reason).toBe('CALLER_NOT_ALLOWED');
  });
});

describe('ListOrders', () => {
  it('pages through the orders of one customer, latest first, each once', async () => {
    const { client, request, id } = test.shopper();
    const placed: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { order } = await client.placeOrder(request({ A: 1 }));
      placed.unshift(order?.orderId ?? '');
    }
    await test
      .shopper()
      .client.listOrders({ customerId: id })
      .then(({ orders }) => expect(orders).toEqual([]));
    for (const [lister, filter] of [
      [client, {}],
      [test.staff('order.orders.read'), { customerId: id }],
    ] as const) {
      const seen: string[] = [];
      let pageToken = '';
      do {
        const page = await lister.listOrders({ ...filter, pageSize: 2, pageToken });
        expect(page.orders.every(({ lines, lineCount }) => lines.length === 0 && lineCount === 1)).toBe(true);
        seen.push(...page.orders.map(({ orderId }) => orderId));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(seen).toEqual(placed);
    }
    const { nextPageToken: pageToken } = await client.listOrders({ pageSize: 2 });
    expect((await refusalOf(test.shopper().client.listOrders({ pageSize: 2, pageToken })))?.reason).toBe(
      'PAGE_TOKEN_INVALID',
    );
  });

  it('filters by state and time, and shows lines when asked to', async () => {
    const { client, request } = test.shopper();
    await client.placeOrder(request({ A: 1 }));
    await client.placeOrder(request({ A: 1 }, { paymentMethod: 'pm_card_declined' })).catch(() => undefined);
    const rejected = await client.listOrders({ states: [OrderState.REJECTED], view: OrderView.FULL });
    expect(rejected.orders.map(({ lines }) => lines.length)).toEqual([1]);
    const [first] = rejected.orders;
    const since = await client.listOrders({ ...(first?.orderTime && { startTime: first.orderTime }) });
    expect(since.orders.map(({ orderId }) => orderId)).toEqual([first?.orderId]);
    const before = await client.listOrders({ ...(first?.orderTime && { endTime: first.orderTime }) });
    expect(before.orders).toHaveLength(1);
  });
});

describe('WatchOrder', () => {
  it('begins with a snapshot, tells changes, beats between, and ends when all is over', async () => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const orderId = order?.orderId ?? '';
    const seen: string[] = [];
    let cancelling: Promise<unknown> | undefined;
    for await (const { update, resumeToken } of client.watchOrder({ orderId })) {
      expect(resumeToken).not.toBe('');
      seen.push(update.case ?? '');
      if (update.case === 'heartbeat') cancelling ??= client.cancelOrder({ orderId });
      if (update.case === 'end') expect(update.value.reason).toBe(WatchEndReason.FINAL);
    }
    await cancelling;
    expect(seen[0]).toBe('snapshot');
    expect(seen).toContain('heartbeat');
    expect(seen).toContain('change');
    expect(seen.at(-1)).toBe('end');
  });

  it('leaves the snapshot out for a watcher who has seen it, and is refused to others', async () => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const watched = { orderId: order?.orderId ?? '', resumeToken: order?.etag ?? '' };
    for await (const { update } of client.watchOrder(watched)) {
      expect(update.case).toBe('heartbeat');
      break;
    }
    const stranger = async () => {
      for await (const { update } of test.shopper().client.watchOrder(watched))
        throw new Error(`saw ${update.case}`);
    };
    expect((await refusalOf(stranger()))?.reason).toBe('ORDER_NOT_FOUND');
  });
});
