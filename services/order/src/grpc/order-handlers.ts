import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { callOf, etagMismatch, ownerScope, type PageTokens, principalOf, versionOf } from '@souk/rpc';
import { createBackdatingGrant } from '../app/backdating.ts';
import { cancelOrder } from '../app/cancel-order.ts';
import { createReturn } from '../app/create-return.ts';
import type { DocumentPorts } from '../app/document-ports.ts';
import { findOrder, findReturn } from '../app/find-order.ts';
import type { StatisticsStore } from '../app/order-statistics.ts';
import { placeOrder } from '../app/place-order.ts';
import type { OrderPorts } from '../app/ports.ts';
import { receiveReturn } from '../app/receive-return.ts';
import { resumeSaga } from '../app/resume-saga.ts';
import { watchOrder } from '../app/watch-order.ts';
import { RETURN_REASONS } from '../events/contract-enums.ts';
import { documentHandlers } from './document-handlers.ts';
import { orderWithDocuments } from './document-to-proto.ts';
import { addressFromProto, answerBy, customerOf, dateFromProto, keyOf, requiredDate } from './from-proto.ts';
import { insightHandlers } from './insight-handlers.ts';
import { listHandlers } from './list-handlers.ts';
import { orderToProto, returnToProto, sagaToProto, updateToProto } from './to-proto.ts';

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
        paymentMethod: request.paymentMethod,
        claimed: { time: dateFromProto(request.orderTime), grant: request.backdatingGrant },
        until: answerBy(call, PLACE_MS),
      });
      return { order: orderToProto(order) };
    },

    async getOrder(request, context) {
      const { orderId } = request;
      const [order, documents] = await Promise.all([
        findOrder(ports.store, orderId, ownerScope(context)),
        ports.documents.documentsOf(orderId),
      ]);
      return { order: orderWithDocuments(order, documents) };
    },

    async cancelOrder(request, context) {
      const seen = request.etag === '' ? undefined : versionOf(request.etag);
      const order = await cancelOrder(ports, {
        orderId: request.orderId,
        scope: ownerScope(context),
        actor: actorOf(context),
        reason: request.reason,
        requireVersion: ({ version }) => {
          if (seen !== undefined && BigInt(version) !== seen) throw etagMismatch(version);
        },
        until: answerBy(callOf(context), CHANGE_MS),
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
      for await (const update of updates) yield updateToProto(update);
    },

    async createReturn(request, context) {
      const orderReturn = await createReturn(ports, {
        key: keyOf(callOf(context), request.requestId),
        orderId: request.orderId,
        scope: ownerScope(context),
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

    async resumeSaga(request) {
      const saga = await resumeSaga(ports.store, request.sagaId);
      return { saga: sagaToProto(saga, ports.sagas.stepsOf(saga)) };
    },

    async getOrderContact(request) {
      const order = await findOrder(ports.store, request.orderId, { kind: 'any' });
      const [name = ''] = order.shippingAddress.recipients;
      return { email: order.email, name, locale: order.locale };
    },
  };
}

/** Who acts, for the history: the buyer, or staff on the buyer's behalf. */
function actorOf(context: HandlerContext): string {
  return `${ownerScope(context).kind === 'own' ? 'customer' : 'staff'}:${principalOf(context).id}`;
}
