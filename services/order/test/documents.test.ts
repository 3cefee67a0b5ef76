import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Money } from '@souk/gen/google/type/money_pb';
import { DocumentKind, type OrderDocument } from '@souk/gen/souk/order/v1/document_pb';
import { type Order, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { moneyFromProto } from '@souk/rpc';
import { openSql } from '@souk/sql';
import { eventually, testEngines } from '@souk/testing';
import { startSqlProxy, type SqlProxy } from './sql-proxy.ts';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let proxy: SqlProxy;
let test: TestOrder;

beforeAll(async () => {
  proxy = await startSqlProxy(testEngines().postgres);
  const seller = { SOUK_ORDER_SELLER_ADDRESS: '1 Bazaar Street | London', SOUK_ORDER_SELLER_TAX_ID: 'GB123' };
  test = await startOrder({ SOUK_ORDER_DOCUMENT_POLL_MS: '20', ...seller }, { postgres: proxy.url });
});
afterAll(async () => {
  await test.service.stop();
  proxy.close();
});

async function buy(shopper: Shopper, lines: Record<string, number>): Promise<Order> {
  const { order } = await shopper.client.placeOrder(shopper.request(lines));
  if (order === undefined) throw new Error('no order');
  return order;
}

/** Buys like a client that repeats what failed, under the same request id. */
async function buyPatiently({ client, request }: Shopper, lines: Record<string, number>): Promise<void> {
  const wanted = request(lines);
  await eventually(() => client.placeOrder(wanted));
}

/** The documents of an order once there are so many. */
async function documentsOf({ client }: Shopper, orderId: string, count: number): Promise<OrderDocument[]> {
  return eventually(async () => {
    const { documents } = await client.listOrderDocuments({ orderId });
    expect(documents).toHaveLength(count);
    return documents;
  });
}

const minor = (money: Money | undefined): bigint => moneyFromProto(money, 'amount').minor;

/** Invoices less credit notes. */
function balance(documents: readonly OrderDocument[]): bigint {
  return documents.reduce(
    (sum, { kind, total }) => sum + (kind === DocumentKind.INVOICE ? minor(total) : -minor(total)),
    0n,
  );
}

async function giveBack(shopper: Shopper, orderId: string, quantity: number): Promise<void> {
  const { orderReturn } = await shopper.client.createReturn({
    requestId: randomUUID(),
    orderId,
    lines: [{ lineId: '1', quantity }],
    reason: ReturnReason.UNWANTED,
  });
  const warehouse = test.staff('order.returns.write');
  await warehouse.receiveReturn({ requestId: randomUUID(), returnId: orderReturn?.returnId ?? '' });
}

describe('invoices', () => {
  it('say what the order says, to the penny, and are linked from it', async () => {
    const shopper = test.shopper();
    test.world.discountPerMille = 37n;
    const placed = await buy(shopper, { A: 2, B: 3 });
    test.world.discountPerMille = 0n;
    const [invoice] = await documentsOf(shopper, placed.orderId, 1);
    expect(invoice).toMatchObject({ kind: DocumentKind.INVOICE, cause: 'sale', orderId: placed.orderId });
    expect(invoice?.seller).toMatchObject({
      name: 'Souk',
      addressLines: ['1 Bazaar Street', 'London'],
      taxId: 'GB123',
    });
    expect(invoice?.total).toEqual(placed.totals?.total);
    expect(invoice?.tax).toEqual(placed.totals?.tax);
    expect(invoice?.lines.map(({ total }) => total)).toEqual(placed.lines.map(({ total }) => total));
    const { order } = await shopper.client.getOrder({ orderId: placed.orderId });
    expect(order?.documents).toMatchObject([{ documentId: invoice?.documentId, number: invoice?.number }]);
    expect(invoice?.orderNumber).toBe(order?.orderNumber);
  });

  it('are numbered without gaps, however many orders come at once and though connections die', async () => {
    const shopper = test.shopper();
    const begin = proxy.statements.length;
    const orders = Promise.all(Array.from({ length: 50 }, () => buyPatiently(shopper, { C: 1 })));
    // Cuts in the middle of issuing: the numbers are taken, their documents not yet stored.
    let cuts = 0;
    const watching = setInterval(() => {
      const isIssuing = proxy.statements.slice(begin).some((text) => text.includes('document_numbers'));
      if (isIssuing && cuts++ < 8) proxy.cut();
    }, 5);
    await orders;
    await eventually(() => {
      expect(cuts).toBeGreaterThan(0);
    });
    clearInterval(watching);
    const beside = await openSql(hostBeside(test.service, 'order'), { migrations: [] });
    try {
      await eventually(async () => {
        const { rows } = await beside.knex.raw<{ rows: { paid: bigint; invoiced: bigint; due: bigint }[] }>(
          `select (select count(*) from orders where capture_time is not null) as paid,
             (select count(*) from order_documents where kind = 'invoice') as invoiced,
             (select count(*) from orders where state = 'pending') as due`,
        );
        expect(rows[0]?.due).toBe(0n);
        expect(rows[0]?.invoiced).toBe(rows[0]?.paid);
      });
      const numbers = await beside
        .knex('order_documents')
        .where('kind', 'invoice')
        .orderBy('number')
        .pluck<number[]>('number');
      expect(numbers.length).toBeGreaterThanOrEqual(50);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    } finally {
      await beside.close();
    }
  });

  it('are printed as PDF, the same every time, in any language', async () => {
    const shopper = test.shopper();
    const request = shopper.request({ A: 1 });
    const shippingAddress = { ...request.shippingAddress, recipients: ['Ægir Łukasz Ωmega Юрий'] };
    const { order } = await shopper.client.placeOrder({ ...request, shippingAddress });
    const [invoice] = await documentsOf(shopper, order?.orderId ?? '', 1);
    const documentId = invoice?.documentId ?? '';
    const { content } = await shopper.client.downloadOrderDocument({ documentId });
    expect(content?.contentType).toBe('application/pdf');
    expect(Buffer.from(content?.data ?? []).toString('latin1', 0, 5)).toBe('%PDF-');
    const again = await shopper.client.downloadOrderDocument({ documentId });
    expect(Buffer.compare(content?.data ?? Buffer.of(), again.content?.data ?? Buffer.of(1))).toBe(0);
  });

  it('are shown to the buyer and to staff, and to nobody else', async () => {
    const shopper = test.shopper();
    const { orderId } = await buy(shopper, { A: 1 });
    const [invoice] = await documentsOf(shopper, orderId, 1);
    const documentId = invoice?.documentId ?? '';
    const stranger = test.shopper().client;
    const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call))?.reason;
    expect(await reasonOf(stranger.getOrderDocument({ documentId }))).toBe('DOCUMENT_NOT_FOUND');
    expect(await reasonOf(stranger.downloadOrderDocument({ documentId }))).toBe('DOCUMENT_NOT_FOUND');
    expect(await reasonOf(stranger.listOrderDocuments({ orderId }))).toBe('ORDER_NOT_FOUND');
    expect(await reasonOf(shopper.client.getOrderDocument({ documentId: randomUUID() }))).toBe(
      'DOCUMENT_NOT_FOUND',
    );
    const { document } = await test.staff('order.orders.read').getOrderDocument({ documentId });
    expect(document).toEqual(invoice);
  });
});

describe('credit notes', () => {
  it('take back what is returned, then the rest, until nothing is left', async () => {
    const shopper = test.shopper();
    const { orderId } = await buy(shopper, { B: 3 });
    await documentsOf(shopper, orderId, 1);
    await giveBack(shopper, orderId, 1);
    const [invoice, credit] = await documentsOf(shopper, orderId, 2);
    expect(credit).toMatchObject({ kind: DocumentKind.CREDIT_NOTE, correctsNumber: invoice?.number });
    const half = await shopper.client.getOrder({ orderId });
    expect(minor(credit?.total)).toBe(minor(half.order?.refunded));
    await giveBack(shopper, orderId, 2);
    expect(balance(await documentsOf(shopper, orderId, 3))).toBe(0n);
  });

  it('take everything back when an order is cancelled', async () => {
    const shopper = test.shopper();
    const { orderId } = await buy(shopper, { A: 1, B: 2 });
    await shopper.client.cancelOrder({ orderId });
    const documents = await documentsOf(shopper, orderId, 2);
    expect(documents.map(({ kind }) => kind)).toEqual([DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE]);
    expect(balance(documents)).toBe(0n);
    expect(documents[1]?.number).toMatch(/^CN-\d{4}-\d{6}$/);
  });

  it('are not written for what was never paid', async () => {
    const shopper = test.shopper();
    await shopper.client
      .placeOrder(shopper.request({ A: 1 }, { paymentMethod: 'pm_card_declined' }))
      .catch(() => undefined);
    const { orders } = await shopper.client.listOrders({});
    await buy(shopper, { A: 1 }).then(({ orderId }) => documentsOf(shopper, orderId, 1));
    const { documents } = await shopper.client.listOrderDocuments({ orderId: orders[0]?.orderId ?? '' });
    expect(documents).toEqual([]);
  });
});
