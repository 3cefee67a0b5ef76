import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import { FulfilmentState, ShipmentState } from '@souk/gen/souk/order/v1/fulfilment_pb';
import { FulfilmentService } from '@souk/gen/souk/order/v1/fulfilment_service_pb';
import { OrderState, StateMachine } from '@souk/gen/souk/order/v1/order_pb';
import { eventually } from '@souk/testing';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;
let warehouse: Client<typeof FulfilmentService>;

beforeAll(async () => {
  test = await startOrder();
  const principal = {
    kind: 'user',
    id: randomUUID(),
    permissions: ['order.shipments.write', 'order.orders.read'],
  } as const;
  warehouse = test.service.client(FulfilmentService, { principal });
  test.world.prices.set('SPLIT', 100n).set('EBOOK', 500n);
  test.world.stock.set('SPLIT', 1_000).set('EBOOK', 1_000);
  test.world.shelves.set('SPLIT', [
    { locationId: 'north', quantity: 2 },
    { locationId: 'south', quantity: 3 },
  ]);
});
afterAll(() => test.service.stop());

const buy = async ({ client, request }: Shopper, lines: Record<string, number>): Promise<string> => {
  const { order } = await client.placeOrder(request(lines));
  return order?.orderId ?? '';
};

const units = (...quantities: number[]): { lineId: string; quantity: number }[] =>
  quantities.map((quantity, index) => ({ lineId: String(index + 1), quantity }));

const ship = (
  orderId: string,
  locationId: string,
  lines: { lineId: string; quantity: number }[],
  changes: { requestId?: string; carrier?: string } = {},
) => warehouse.createShipment({ requestId: randomUUID(), orderId, locationId, lines, ...changes });

describe('CreateShipment', () => {
  it('ships an order in parts, each from the location that holds the units (medusa#16338)', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { SPLIT: 5 });
    const { allocations } = await warehouse.listOrderAllocations({ orderId });
    expect(allocations.map(({ locationId, quantity }) => [locationId, quantity])).toEqual([
      ['north', 2],
      ['south', 3],
    ]);
    expect(await refusalOf(ship(orderId, 'north', units(3)))).toMatchObject({
      reason: 'LOCATION_NOT_ALLOCATED',
      metadata: { location_id: 'north', requested: '3', held: '2' },
    });
    expect((await refusalOf(ship(orderId, 'elsewhere', units(1))))?.reason).toBe('LOCATION_NOT_ALLOCATED');
    await ship(orderId, 'north', units(2), { carrier: 'DHL' });
    const partly = await shopper.client.getOrder({ orderId });
    expect(partly.order?.fulfilmentState).toBe(FulfilmentState.PARTIALLY_SHIPPED);
    expect((await refusalOf(ship(orderId, 'north', units(1))))?.reason).toBe('LOCATION_NOT_ALLOCATED');
    const { shipment } = await ship(orderId, 'south', units(3));
    expect(shipment).toMatchObject({ state: ShipmentState.SHIPPED, lines: [{ sku: 'SPLIT', quantity: 3 }] });
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order).toMatchObject({
      state: OrderState.CONFIRMED,
      fulfilmentState: FulfilmentState.SHIPPED,
      lines: [{ shippedQuantity: 5, deliveredQuantity: 0 }],
    });
  });

  it('ships once per request id, and never more than is left', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { A: 2 });
    const requestId = randomUUID();
    const first = await ship(orderId, 'main', units(1), { requestId });
    expect(await ship(orderId, 'main', units(1), { requestId })).toEqual(first);
    expect((await refusalOf(ship(orderId, 'main', units(2), { requestId })))?.reason).toBe(
      'REQUEST_ID_REUSED',
    );
    expect(await refusalOf(ship(orderId, 'main', units(2)))).toMatchObject({
      reason: 'SHIPMENT_QUANTITY_EXCEEDED',
      metadata: { requested: '2', shippable: '1' },
    });
    expect((await refusalOf(ship(orderId, 'main', [{ lineId: '7', quantity: 1 }])))?.reason).toBe(
      'LINE_UNKNOWN',
    );
    expect((await refusalOf(ship(randomUUID(), 'main', units(1))))?.reason).toBe('ORDER_NOT_FOUND');
    expect((await refusalOf(shipEarlier(orderId)))?.reason).toBe('ORDER_TIME_NOT_GRANTED');
    const cancelled = await buy(shopper, { A: 1 });
    await shopper.client.cancelOrder({ orderId: cancelled });
    expect((await refusalOf(ship(cancelled, 'main', units(1))))?.reason).toBe('ORDER_STATE_FORBIDS');
  });

  const shipEarlier = (orderId: string) =>
    warehouse.createShipment({
      requestId: randomUUID(),
      orderId,
      locationId: 'main',
      lines: units(1),
      shipTime: timestampFromDate(new Date('2020-01-01')),
    });
});

describe('DeliverShipment', () => {
  it('completes the order when all has arrived, tells all changes, and changes nothing the second time', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { A: 2 });
    const first = await ship(orderId, 'main', units(1));
    const second = await ship(orderId, 'main', units(1));
    const arrive = (shipmentId = '') => warehouse.deliverShipment({ shipmentId });
    await arrive(first.shipment?.shipmentId);
    const partly = await shopper.client.getOrder({ orderId });
    expect(partly.order?.fulfilmentState).toBe(FulfilmentState.PARTIALLY_DELIVERED);
    const delivered = await arrive(second.shipment?.shipmentId);
    expect(delivered.shipment?.state).toBe(ShipmentState.DELIVERED);
    expect(await arrive(second.shipment?.shipmentId)).toEqual(delivered);
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order?.fulfilmentState).toBe(FulfilmentState.DELIVERED);
    const told = order?.changes.filter(({ machine }) => machine === StateMachine.FULFILMENT);
    expect(told?.map(({ toState }) => toState)).toEqual([
      'PARTIALLY_SHIPPED',
      'SHIPPED',
      'PARTIALLY_DELIVERED',
      'DELIVERED',
    ]);
    expect(told?.every(({ actor }) => actor.startsWith('staff:'))).toBe(true);
    expect((await refusalOf(arrive(randomUUID())))?.reason).toBe('SHIPMENT_NOT_FOUND');
  });
});

describe('shipments', () => {
  it('are shown to their buyer, page by page, and to nobody else', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { A: 2 });
    const { shipment } = await ship(orderId, 'main', units(1));
    await ship(orderId, 'main', units(1));
    const shipmentId = shipment?.shipmentId ?? '';
    const as = (id: string) => test.service.client(FulfilmentService, { principal: { kind: 'guest', id } });
    expect((await as(shopper.id).getShipment({ shipmentId })).shipment).toEqual(shipment);
    const page = await as(shopper.id).listShipments({ orderId, pageSize: 1 });
    expect(page.shipments).toEqual([shipment]);
    const next = await as(shopper.id).listShipments({ orderId, pageSize: 1, pageToken: page.nextPageToken });
    expect(next).toMatchObject({ nextPageToken: '', shipments: [{ orderId }] });
    const bad = as(shopper.id).listShipments({ orderId, pageToken: 'no token' });
    expect((await refusalOf(bad))?.reason).toBe('PAGE_TOKEN_INVALID');
    const stranger = as(randomUUID());
    expect((await refusalOf(stranger.getShipment({ shipmentId })))?.reason).toBe('SHIPMENT_NOT_FOUND');
    expect((await refusalOf(stranger.listShipments({ orderId })))?.reason).toBe('ORDER_NOT_FOUND');
    expect((await refusalOf(stranger.deliverShipment({ shipmentId })))?.reason).toBe('PERMISSION_MISSING');
    expect((await refusalOf(warehouse.listOrderAllocations({ orderId: randomUUID() })))?.reason).toBe(
      'ORDER_NOT_FOUND',
    );
  });

  it('can be followed', async () => {
    const orderId = await buy(test.shopper(), { A: 1 });
    const { shipment } = await ship(orderId, 'main', units(1), { carrier: 'DHL' });
    const shipmentId = shipment?.shipmentId ?? '';
    const tracked = await warehouse.updateShipmentTracking({ shipmentId, trackingNumber: '00340434' });
    expect(tracked.shipment).toMatchObject({ carrier: 'DHL', trackingNumber: '00340434' });
    const script = warehouse.updateShipmentTracking({ shipmentId, trackingUrl: 'javascript:alert(1)' });
    expect((await refusalOf(script))?.reason).toBe('VALIDATION_FAILED');
    const unknown = warehouse.updateShipmentTracking({ shipmentId: randomUUID(), carrier: 'UPS' });
    expect((await refusalOf(unknown))?.reason).toBe('SHIPMENT_NOT_FOUND');
  });
});

describe('digital lines', () => {
  it('are delivered when the order is paid, and cannot be shipped', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { EBOOK: 1, A: 1 });
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order).toMatchObject({
      fulfilmentState: FulfilmentState.PARTIALLY_DELIVERED,
      lines: [
        { sku: 'EBOOK', digital: true, deliveredQuantity: 1 },
        { sku: 'A', digital: false, deliveredQuantity: 0 },
      ],
    });
    expect((await refusalOf(ship(orderId, 'main', units(1))))?.reason).toBe('LINE_UNKNOWN');
    const only = await buy(shopper, { EBOOK: 2 });
    const { order: whole } = await shopper.client.getOrder({ orderId: only });
    expect(whole?.fulfilmentState).toBe(FulfilmentState.DELIVERED);
  });
});

describe('CancelOrderLines', () => {
  it('pays back the exact share, and puts the units back on the shelf that held them', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { SPLIT: 5 });
    await ship(orderId, 'north', units(2));
    const request = { requestId: randomUUID(), orderId, lines: units(2), reason: 'changed my mind' };
    const { order } = await shopper.client.cancelOrderLines(request);
    expect(order).toMatchObject({ state: OrderState.CONFIRMED, lines: [{ cancelledQuantity: 2 }] });
    await eventually(() => {
      const [payment] = test.world.paymentsOf(orderId);
      // Five cost 600 with tax.
      expect(payment?.refunded).toBe(240n);
      expect(test.world.restocks.filter((restock) => restock.orderId === orderId)).toEqual([
        { orderId, sku: 'SPLIT', quantity: 2, locationId: 'south' },
      ]);
    });
    const again = await shopper.client.cancelOrderLines(request);
    expect(again.order?.lines[0]?.cancelledQuantity).toBe(2);
    const other = shopper.client.cancelOrderLines({ ...request, lines: units(1) });
    expect((await refusalOf(other))?.reason).toBe('REQUEST_ID_REUSED');
    expect((await refusalOf(cancel(shopper, orderId, 2)))?.reason).toBe('LINE_SHIPPED');
    expect((await refusalOf(shopper.client.cancelOrder({ orderId })))?.reason).toBe('LINE_SHIPPED');
    expect((await refusalOf(cancel(test.shopper(), orderId, 1)))?.reason).toBe('ORDER_NOT_FOUND');
    const unknown = { requestId: randomUUID(), orderId, lines: [{ lineId: '7', quantity: 1 }] };
    expect((await refusalOf(shopper.client.cancelOrderLines(unknown)))?.reason).toBe('LINE_UNKNOWN');
    const stale = { requestId: randomUUID(), orderId, lines: units(1), etag: '"1"' };
    expect((await refusalOf(shopper.client.cancelOrderLines(stale)))?.reason).toBe('ETAG_MISMATCH');
  });

  it('cancels the order with its last unit', async () => {
    const shopper = test.shopper();
    const orderId = await buy(shopper, { A: 2 });
    await cancel(shopper, orderId, 1);
    await cancel(shopper, orderId, 1);
    await eventually(async () => {
      const { order } = await shopper.client.getOrder({ orderId });
      expect(order).toMatchObject({ state: OrderState.CANCELLED, refunded: order?.totals?.total });
    });
    expect((await refusalOf(cancel(shopper, orderId, 1)))?.reason).toBe('ORDER_STATE_FORBIDS');
  });

  const cancel = (shopper: Shopper, orderId: string, quantity: number) =>
    shopper.client.cancelOrderLines({ requestId: randomUUID(), orderId, lines: units(quantity) });
});
