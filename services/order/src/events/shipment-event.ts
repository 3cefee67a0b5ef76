import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  OrderDeliveredSchema,
  OrderShippedSchema,
  type ShippedLineSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { OrderFact } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import type { Shipment } from '../domain/shipment.ts';
import { CUSTOMER_KINDS, FULFILMENT_STATES } from './contract-enums.ts';

/** The message that tells of a shipment that left or arrived. */
export function shipmentEvent(
  host: ServiceHost,
  { type, order, shipment }: Extract<OrderFact, { type: 'shipped' | 'delivered' }>,
): Envelope {
  const options = { subject: order.orderId, time: order.updateTime };
  const common = {
    orderId: order.orderId,
    version: BigInt(order.version),
    occurTime: timestampFromDate(order.updateTime),
    customerId: order.customer.id,
    customerKind: CUSTOMER_KINDS.toProto[order.customer.kind],
    shipmentId: shipment.shipmentId,
    lines: shippedLines(order, shipment),
    fulfilmentState: FULFILMENT_STATES.toProto[order.fulfilmentState],
  };
  if (type === 'shipped') {
    const { locationId, carrier, trackingNumber, trackingUrl } = shipment;
    const shipTime = timestampFromDate(shipment.shipTime);
    const message = { ...common, shipTime, locationId, carrier, trackingNumber, trackingUrl };
    return fact(host, OrderShippedSchema, message, options);
  }
  const deliverTime = timestampFromDate(shipment.deliverTime ?? order.updateTime);
  return fact(host, OrderDeliveredSchema, { ...common, deliverTime }, options);
}

function shippedLines(order: Order, shipment: Shipment): MessageInitShape<typeof ShippedLineSchema>[] {
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  return shipment.lines.map(({ lineId, sku, quantity }) => ({
    ...{ lineId, sku, quantity },
    productId: lines.get(lineId)?.productId ?? '',
    title: lines.get(lineId)?.title ?? '',
  }));
}
