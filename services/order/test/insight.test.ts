import { randomUUID } from 'node:crypto';
import { fromJsonString } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExportFormat } from '@souk/gen/souk/order/v1/export_pb';
import { OrderSchema, OrderState, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { refusalOf, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;

beforeAll(async () => {
  test = await startOrder();
});
afterAll(() => test.service.stop());

describe('ListOrders', () => {
  it('finds orders by e-mail in any case, by SKU and by number', async () => {
    const { client, request, id } = test.shopper();
    const email = `Grace.${randomUUID()}@example.org`;
    const first = await client.placeOrder(request({ A: 1 }, { email }));
    const second = await client.placeOrder(request({ B: 1, C: 2 }));
    const staff = test.staff('order.orders.read');
    const ids = async (filter: Parameters<typeof staff.listOrders>[0]) =>
      (await staff.listOrders(filter)).orders.map(({ orderId }) => orderId);
    expect(await ids({ email: email.toUpperCase() })).toEqual([first.order?.orderId]);
    expect(await ids({ customerId: id, sku: 'C' })).toEqual([second.order?.orderId]);
    expect(await ids({ customerId: id, sku: 'OLD' })).toEqual([]);
    const { orderNumber = '' } = first.order ?? {};
    expect(orderNumber).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}$/);
    expect(await ids({ orderNumber })).toEqual([first.order?.orderId]);
    expect(await ids({ orderNumber: orderNumber.replaceAll('-', '').toLowerCase() })).toHaveLength(1);
    expect(await ids({ orderNumber: 'NOSUCH' })).toEqual([]);
    const stranger = test.shopper().client;
    expect((await stranger.listOrders({ orderNumber })).orders).toEqual([]);
  });

  it('pages through what it finds, each once', async () => {
    const { client, request } = test.shopper();
    const placed = new Set<string>();
    for (let index = 0; index < 5; index++)
      placed.add((await client.placeOrder(request({ C: 1 }))).order?.orderId ?? '');
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await client.listOrders({ sku: 'C', pageSize: 2, pageToken });
      seen.push(...page.orders.map(({ orderId }) => orderId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(placed);
    const { nextPageToken } = await client.listOrders({ sku: 'C', pageSize: 2 });
    const other = client.listOrders({ sku: 'A', pageSize: 2, pageToken: nextPageToken });
    expect((await refusalOf(other))?.reason).toBe('PAGE_TOKEN_INVALID');
  });
});

async function download(filter: { customerId: string; format: ExportFormat; sku?: string }) {
  let text = '';
  let contentType = '';
  for await (const { chunk } of test.staff('order.orders.export').exportOrders(filter)) {
    contentType ||= chunk?.contentType ?? '';
    text += new TextDecoder().decode(chunk?.data);
  }
  return { text, contentType };
}

describe('ExportOrders', () => {
  it('writes one JSON order a line', async () => {
    const { client, request, id } = test.shopper();
    for (let index = 0; index < 3; index++) await client.placeOrder(request({ A: 1, B: 2 }));
    const { text, contentType } = await download({ customerId: id, format: ExportFormat.NDJSON });
    expect(contentType).toBe('application/x-ndjson');
    const orders = text
      .trimEnd()
      .split('\n')
      .map((line) => fromJsonString(OrderSchema, line));
    expect(orders).toHaveLength(3);
    expect(orders.every(({ lines, customerId }) => lines.length === 2 && customerId === id)).toBe(true);
  });

  it('writes one line of an order a CSV row, and lets no title run as a formula (S12)', async () => {
    const { client, request, id } = test.shopper();
    test.world.prices.set('=HYPERLINK("http://evil")', 100n);
    test.world.stock.set('=HYPERLINK("http://evil")', 10);
    await client.placeOrder(request({ '=HYPERLINK("http://evil")': 1, A: 1 }));
    const { text, contentType } = await download({ customerId: id, format: ExportFormat.CSV });
    expect(contentType).toBe('text/csv; charset=utf-8');
    const rows = text.trimEnd().split('\r\n');
    expect(rows).toHaveLength(3);
    expect(rows[0]?.split(',').slice(0, 3)).toEqual(['order_id', 'order_number', 'order_time']);
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(text).not.toMatch(/(^|,)"?=/m);
    const other = await download({ customerId: id, format: ExportFormat.CSV, sku: 'B' });
    expect(other.text.trimEnd().split('\r\n')).toHaveLength(1);
  });

  it('needs its permission', async () => {
    const attempt = async () => {
      for await (const { chunk } of test.staff('order.orders.read').exportOrders({}))
        throw new Error(`got ${String(chunk?.data.length)} bytes`);
    };
    expect((await refusalOf(attempt()))?.reason).toBe('PERMISSION_MISSING');
  });
});

describe('GetOrderStatistics', () => {
  it('counts orders, value, cancellations, returns and time in state', async () => {
    const fresh = await startOrder();
    try {
      const { client, request } = fresh.shopper();
      const startTime = timestampFromDate(new Date(Date.now() - 60_000));
      const endTime = timestampFromDate(new Date(Date.now() + 60_000));
      const buy = async (lines: Record<string, number>) =>
        (await client.placeOrder(request(lines))).order?.orderId ?? '';
      await buy({ A: 1 });
      const cancelled = await buy({ A: 2 });
      const returned = await buy({ A: 4 });
      await buy({ A: 1 });
      await client
        .placeOrder(request({ A: 1 }, { paymentMethod: 'pm_card_declined' }))
        .catch(() => undefined);
      await client.cancelOrder({ orderId: cancelled });
      const { orderReturn } = await client.createReturn({
        requestId: randomUUID(),
        orderId: returned,
        lines: [{ lineId: '1', quantity: 2 }],
        reason: ReturnReason.UNWANTED,
      });
      await fresh
        .staff('order.returns.write')
        .receiveReturn({ requestId: randomUUID(), returnId: orderReturn?.returnId ?? '' });
      const { statistics } = await fresh
        .staff('order.statistics.read')
        .getOrderStatistics({ startTime, endTime });
      expect(statistics).toMatchObject({
        orders: 5n,
        checkoutConversionRate: 0.8,
        cancellationRate: 0.25,
        returnRate: 0.25,
        unitReturnRate: 0.25,
      });
      expect(statistics?.states.map(({ state, orders }) => [state, orders])).toEqual(
        expect.arrayContaining([
          [OrderState.CONFIRMED, 2n],
          [OrderState.CANCELLED, 1n],
          [OrderState.PARTIALLY_RETURNED, 1n],
          [OrderState.REJECTED, 1n],
        ]),
      );
      // Eight units at 10.00 with 20 % tax; two cancelled and two returned.
      expect(statistics?.values).toMatchObject([
        {
          currencyCode: 'GBP',
          paidOrders: 4n,
          sold: { units: 96n, nanos: 0 },
          refunded: { units: 48n, nanos: 0 },
          average: { units: 24n, nanos: 0 },
        },
      ]);
      const pending = statistics?.timeInState.find(({ state }) => state === OrderState.PENDING);
      expect(pending?.visits).toBe(5n);
      const never = { startTime: endTime, endTime };
      const nothing = await fresh.staff('order.statistics.read').getOrderStatistics(never);
      expect(nothing.statistics).toMatchObject({ orders: 0n, checkoutConversionRate: 0, returnRate: 0 });
    } finally {
      await fresh.service.stop();
    }
  });

  it('refuses ranges that are backwards or too long, and callers without the permission', async () => {
    const at = (iso: string) => timestampFromDate(new Date(iso));
    const staff = test.staff('order.statistics.read');
    const reasonOf = async (from: string, until: string, client = staff) =>
      (await refusalOf(client.getOrderStatistics({ startTime: at(from), endTime: at(until) })))?.reason;
    expect(await reasonOf('2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z')).toBe('STATISTICS_RANGE_INVALID');
    expect(await reasonOf('2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).toBe('STATISTICS_RANGE_INVALID');
    const other = test.staff('order.orders.read');
    expect(await reasonOf('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', other)).toBe('PERMISSION_MISSING');
  });
});
