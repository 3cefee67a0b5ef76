import { randomUUID } from 'node:crypto';
import type { MessageShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderPlacedSchema,
  OrderRejectedSchema,
  ReturnCompletedSchema,
  ReturnRequestedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { CustomerKind, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { connectKafka, type KafkaBroker, on } from '@souk/messaging';
import { eventually } from '@souk/testing';
import { startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

interface Told {
  readonly type: string;
  readonly version: bigint;
}

let test: TestOrder;
let kafka: KafkaBroker;
const told = new Map<string, Told[]>();
const confirmed = new Map<string, MessageShape<typeof OrderConfirmedSchema>>();
const completed = new Map<string, MessageShape<typeof ReturnCompletedSchema>>();

const note = async (message: { $typeName: string; orderId: string; version: bigint }): Promise<void> => {
  const type = message.$typeName.slice(message.$typeName.lastIndexOf('.') + 1);
  told.set(message.orderId, [...(told.get(message.orderId) ?? []), { type, version: message.version }]);
};

beforeAll(async () => {
  test = await startOrder();
  kafka = connectKafka(hostBeside(test.service, 'analytics'));
  kafka.consume({
    group: 'test',
    handlers: [
      on(OrderPlacedSchema, note),
      on(OrderConfirmedSchema, async (message) => {
        confirmed.set(message.orderId, message);
        await note(message);
      }),
      on(OrderRejectedSchema, note),
      on(OrderCancelledSchema, note),
      on(ReturnRequestedSchema, note),
      on(ReturnCompletedSchema, async (message) => {
        completed.set(message.orderId, message);
        await note(message);
      }),
    ],
  });
});
afterAll(async () => {
  await kafka.close();
  await test.service.stop();
});

describe('order facts', () => {
  it('tell a sale and its return, in order, with all that their readers need', async () => {
    const { client, request, id } = test.shopper('user');
    const { order } = await client.placeOrder(request({ B: 3 }));
    const orderId = order?.orderId ?? '';
    const { orderReturn } = await client.createReturn({
      requestId: randomUUID(),
      orderId,
      lines: [{ lineId: '1', quantity: 1 }],
      reason: ReturnReason.UNWANTED,
    });
    await test
      .staff('order.returns.write')
      .receiveReturn({ requestId: randomUUID(), returnId: orderReturn?.returnId ?? '' });
    await eventually(() =>
      expect(told.get(orderId)).toEqual([
        { type: 'OrderPlaced', version: 1n },
        { type: 'OrderConfirmed', version: 2n },
        { type: 'ReturnRequested', version: 3n },
        { type: 'ReturnCompleted', version: 5n },
      ]),
    );
    expect(confirmed.get(orderId)).toMatchObject({
      customerId: id,
      customerKind: CustomerKind.ACCOUNT,
      regionCode: 'GB',
      currencyCode: 'GBP',
      orderTime: order?.orderTime,
      paymentId: order?.paymentId,
      totals: order?.totals,
      lines: [
        { productId: 'product-B', sku: 'B', title: 'The B', quantity: 3, total: order?.lines[0]?.total },
      ],
    });
    expect(completed.get(orderId)).toMatchObject({
      refund: { units: 4n, nanos: 0 },
      lines: [{ sku: 'B', quantity: 1, restockedQuantity: 1, net: { units: 3n, nanos: 330_000_000 } }],
    });
  });

  it('tell a rejection, and a cancellation', async () => {
    const { client, request } = test.shopper();
    await client.placeOrder(request({ A: 1 }, { paymentMethod: 'pm_card_declined' })).catch(() => undefined);
    const { orders } = await client.listOrders({});
    const rejected = orders[0]?.orderId ?? '';
    const { order } = await client.placeOrder(request({ A: 1 }));
    const cancelled = order?.orderId ?? '';
    await client.cancelOrder({ orderId: cancelled });
    const types = (orderId: string) => told.get(orderId)?.map(({ type }) => type);
    await eventually(() => {
      expect(types(rejected)).toEqual(['OrderPlaced', 'OrderRejected']);
      expect(types(cancelled)).toEqual(['OrderPlaced', 'OrderConfirmed', 'OrderCancelled']);
    });
  });
});
