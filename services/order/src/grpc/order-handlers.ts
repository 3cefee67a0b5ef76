import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { callOf, etagMismatch, ownerScope, type PageTokens, versionOf } from '@souk/rpc';
import { createBackdatingGrant } from '../app/backdating.ts';
import { cancelOrder, cancelOrderLines } from '../app/cancel-order.ts';
import { createReturn } from '../app/create-return.ts';
import type { DocumentPorts } from '../app/document-ports.ts';
import { findOrder, findReturn } from '../app/find-order.ts';
import type { StatisticsStore } from '../app/order-statistics.ts';
import { placeOrder } from '../app/place-order.ts';
import type { OrderPorts } from '../app/ports.ts';
import { receiveReturn } from '../app/receive-return.ts';
import { watchOrder } from '../app/watch-order.ts';
import type { Order } from '../domain/order.ts';
import { RETURN_REASONS } from '../events/contract-enums.ts';
import { documentHandlers } from './document-handlers.ts';
import { orderWithDocuments } from './document-to-proto.ts';
import {
  actorOf,
  addressFromProto,
  answerBy,
  customerOf,
  dateFromProto,
  keyOf,
  requiredDate,
  staffOf,
} from './from-proto.ts';
import { insightHandlers } from './insight-handlers.ts';
import { listHandlers } from './list-handlers.ts';
import { sagaHandlers } from './saga-handlers.ts';
import { tendersFromProto } from './tenders-from-proto.ts';
import { orderToProto, ownOrderToProto, returnToProto, updateToProto } from './to-proto.ts';

const PLACE_MS = 10_000;
const CHANGE_MS = 5_000;

/** Settings of the handlers. */
export interface HandlerOptions {
  readonly pageTokens: PageTokens;
  readonly heartbeatMs: number;
  readonly watchMs: number;
  /** Aborted when the service stops, so that streams end properly. */
  readonly stopping: AbortSignal;
}

/** Order's RPCs. */
export function orderHandlers(
  ports: OrderPorts & DocumentPorts & { readonly statistics: StatisticsStore },
  options: HandlerOptions,
): ServiceImpl<typeof OrderService> {
  return {
    ...listHandlers(ports, options.pageTokens),
    ...sagaHandlers(ports),
    ...documentHandlers(ports, ports),
    ...insightHandlers(ports, ports.statistics),

    async placeOrder(request, context) {
      const call = callOf(context);
      if (request.shippingAddress === undefined)
        throw new TypeError('validation lets no order pass without an address');
      const order = await placeOrder(ports, {
        key: keyOf(call, request.requestId),
        customer: customerOf(call.principal),
        cartId: request.cartId,
        cartEtag: request.cartEtag,
        email: request.email,
        locale: request.locale === '' ? 'en' : request.locale,
        shippingAddress: addressFromProto(request.shippingAddress),
        billingAddress: request.billingAddress && addressFromProto(request.billingAddress),
        tenders: tendersFromProto(request),
        deviceId: request.deviceId,
        claimed: { time: dateFromProto(request.orderTime), grant: request.backdatingGrant },
        until: answerBy(call, PLACE_MS),
      });
      return { order: ownOrderToProto(order) };
    },

    async getOrder(request, context) {
      const { orderId } = request;
      const [order, documents] = await Promise.all([
        findOrder(ports.store, orderId, ownerScope(context)),
        ports.documents.documentsOf(orderId),
      ]);
      return { order: orderWithDocuments(showTo(context)(order), documents) };
    },

    async cancelOrder(request, context) {
      const order = await cancelOrder(ports, {
        orderId: request.orderId,
        scope: ownerScope(context),
        actor: actorOf(context),
        reason: request.reason,
        requireVersion: seenVersion(request.etag),
        until: answerBy(callOf(context), CHANGE_MS),
      });
      return { order: orderToProto(order) };
    },

    async cancelOrderLines(request, context) {
      const call = callOf(context);
      const order = await cancelOrderLines(ports, {
        key: keyOf(call, request.requestId),
        orderId: request.orderId,
        scope: ownerScope(context),
        actor: actorOf(context),
        reason: request.reason,
        lines: request.lines,
        requireVersion: seenVersion(request.etag),
        until: answerBy(call, CHANGE_MS),
      });
      return { order: orderToProto(order) };
    },

    async *watchOrder(request, context) {
      const call = callOf(context);
      const updates = watchOrder(ports, {
        orderId: request.orderId,
        scope: ownerScope(context),
        seenVersion: request.resumeToken === '' ? undefined : Number(versionOf(request.resumeToken)),
        heartbeatMs: options.heartbeatMs,
        signal: AbortSignal.any([call.signal, options.stopping]),
        until: answerBy(call, options.watchMs),
      });
      for await (const update of updates) yield updateToProto(update, showTo(context));
    },

    async createReturn(request, context) {
      const orderReturn = await createReturn(ports, {
        key: keyOf(callOf(context), request.requestId),
        orderId: request.orderId,
        scope: ownerScope(context),
        actor: actorOf(context),
        reason: RETURN_REASONS.fromProto(request.reason) ?? 'other',
        note: request.note,
        lines: request.lines,
        claimed: { time: dateFromProto(request.returnTime), grant: request.backdatingGrant },
      });
      return { orderReturn: returnToProto(orderReturn) };
    },

    async getReturn(request, context) {
      const orderReturn = await findReturn(ports.store, request.returnId, ownerScope(context));
      return { orderReturn: returnToProto(orderReturn) };
    },

    async receiveReturn(request, context) {
      const call = callOf(context);
      const orderReturn = await receiveReturn(ports, {
        key: keyOf(call, request.requestId),
        returnId: request.returnId,
        actor: staffOf(context),
        lines: request.lines,
        claimed: { time: dateFromProto(request.receiveTime), grant: request.backdatingGrant },
        until: answerBy(call, CHANGE_MS),
      });
      return { orderReturn: returnToProto(orderReturn) };
    },

    async createBackdatingGrant(request) {
      const grant = {
        earliest: requiredDate(request.earliestTime, 'earliest_time'),
        latest: requiredDate(request.latestTime, 'latest_time'),
      };
      const { token, expireTime } = await createBackdatingGrant(ports, grant, request.validHours);
      return { backdatingGrant: token, expireTime: timestampFromDate(expireTime) };
    },

    async getOrderContact(request) {
      const order = await findOrder(ports.store, request.orderId, { kind: 'any' });
      const [name = ''] = order.shippingAddress.recipients;
      return { email: order.email, name, locale: order.locale };
    },
  };
}

/** What only the buyer may see is shown to the buyer only. */
function showTo(context: HandlerContext): typeof orderToProto {
  return ownerScope(context).kind === 'own' ? ownOrderToProto : orderToProto;
}

/** Refuses an order that is not as the caller saw it, if the caller says how that was. */
function seenVersion(etag: string): (order: Order) => void {
  const seen = etag === '' ? undefined : versionOf(etag);
  return ({ version }) => {
    if (seen !== undefined && BigInt(version) !== seen) throw etagMismatch(version);
  };
}
