import type { ServiceImpl } from '@connectrpc/connect';
import {
  type FulfilmentService,
  ListShipmentsRequestSchema,
} from '@souk/gen/souk/order/v1/fulfilment_service_pb';
import { callOf, fingerprintOf, ownerScope, type PageTokens, pageSizeOf } from '@souk/rpc';
import { findOrder } from '../app/find-order.ts';
import type { OrderPorts } from '../app/ports.ts';
import { deliverShipment, findShipment, shipOrder, updateTracking } from '../app/ship-order.ts';
import { dateFromProto, keyOf, staffOf } from './from-proto.ts';
import { shipmentToProto } from './shipment-to-proto.ts';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

/** The RPCs of fulfilment. */
export function fulfilmentHandlers(
  ports: OrderPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof FulfilmentService> {
  const { store } = ports;
  return {
    async createShipment(request, context) {
      const { carrier, trackingNumber, trackingUrl } = request;
      const shipment = await shipOrder(ports, {
        key: keyOf(callOf(context), request.requestId),
        orderId: request.orderId,
        locationId: request.locationId,
        tracking: { carrier, trackingNumber, trackingUrl },
        lines: request.lines,
        claimed: { time: dateFromProto(request.shipTime), grant: request.backdatingGrant },
        actor: staffOf(context),
      });
      return { shipment: shipmentToProto(shipment) };
    },

    async getShipment({ shipmentId }, context) {
      const shipment = await findShipment(store, shipmentId, ownerScope(context));
      return { shipment: shipmentToProto(shipment) };
    },

    async listShipments(request, context) {
      const { orderId } = await findOrder(store, request.orderId, ownerScope(context));
      const fingerprint = fingerprintOf(ListShipmentsRequestSchema, request);
      const size = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
      const [after] = pageTokens.decode(request.pageToken, fingerprint) ?? [];
      const found = await store.listShipments({ orderId, after, limit: size + 1 });
      const last = found.length > size ? found[size - 1] : undefined;
      return {
        shipments: found.slice(0, size).map(shipmentToProto),
        nextPageToken: last === undefined ? '' : pageTokens.encode([last.shipmentId], fingerprint),
      };
    },

    async updateShipmentTracking({ shipmentId, carrier, trackingNumber, trackingUrl }) {
      const shipment = await updateTracking(ports, shipmentId, {
        ...(carrier !== undefined && { carrier }),
        ...(trackingNumber !== undefined && { trackingNumber }),
        ...(trackingUrl !== undefined && { trackingUrl }),
      });
      return { shipment: shipmentToProto(shipment) };
    },

    async deliverShipment(request, context) {
      const shipment = await deliverShipment(ports, {
        shipmentId: request.shipmentId,
        claimed: { time: dateFromProto(request.deliverTime), grant: request.backdatingGrant },
        actor: staffOf(context),
      });
      return { shipment: shipmentToProto(shipment) };
    },

    async listOrderAllocations({ orderId }) {
      await findOrder(store, orderId, { kind: 'any' });
      return { allocations: [...(await store.findAllocations(orderId))] };
    },
  };
}
