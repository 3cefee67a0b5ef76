import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ShipmentSchema } from '@souk/gen/souk/order/v1/fulfilment_pb';
import { etagOf } from '@souk/rpc';
import type { Shipment } from '../domain/shipment.ts';
import { SHIPMENT_STATES } from '../events/contract-enums.ts';

/** A shipment. */
export function shipmentToProto(shipment: Shipment): MessageInitShape<typeof ShipmentSchema> {
  const { shipmentId, orderId, locationId, carrier, trackingNumber, trackingUrl, deliverTime } = shipment;
  return {
    ...{ shipmentId, orderId, locationId, carrier, trackingNumber, trackingUrl },
    state: SHIPMENT_STATES.toProto[shipment.state],
    lines: [...shipment.lines],
    createTime: timestampFromDate(shipment.createTime),
    shipTime: timestampFromDate(shipment.shipTime),
    ...(deliverTime && { deliverTime: timestampFromDate(deliverTime) }),
    etag: etagOf(shipment.version),
  };
}
