import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PostalAddressSchema } from '@souk/gen/google/type/postal_address_pb';
import type { WatchOrderResponseSchema } from '@souk/gen/souk/order/v1/order_service_pb';
import { WatchEndReason } from '@souk/gen/souk/order/v1/order_service_pb';
import {
  type OrderLineSchema,
  type OrderReturnSchema,
  type OrderSchema,
  OrderState,
  type OrderStateChangeSchema,
  PaymentActionSchema,
  type StateChangeSchema,
} from '@souk/gen/souk/order/v1/order_pb';
import { type SagaSchema, SagaStepSchema } from '@souk/gen/souk/order/v1/saga_pb';
import { etagOf, moneyToProto } from '@souk/rpc';
import type { ListedOrder } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import type { OrderUpdate } from '../app/watch-order.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLine } from '../domain/order-line.ts';
import { orderNumberOf } from '../domain/order-number.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import type { PostalAddress } from '../domain/postal-address.ts';
import type { StateChange } from '../domain/state-machine.ts';
import {
  CUSTOMER_KINDS,
  FULFILMENT_STATES,
  MACHINES,
  ORDER_STATES,
  PAYMENT_STATES,
  RETURN_REASONS,
  RETURN_STATES,
  SAGA_STATES,
  stateName,
} from '../events/contract-enums.ts';

type OrderMessage = MessageInitShape<typeof OrderSchema>;

/** An order with everything but what only its buyer may see. */
export function orderToProto(order: Order): OrderMessage {
  return listedToProto({ order, lineCount: order.lines.length });
}

/** An order as its buyer sees it: with what they have to do for the payment to go on. */
export function ownOrderToProto(order: Order): OrderMessage {
  const { paymentAction } = order;
  if (paymentAction === undefined) return orderToProto(order);
  const { url, clientSecret } = paymentAction;
  return {
    ...orderToProto(order),
    paymentAction: create(PaymentActionSchema, { redirectUrl: url, clientSecret }),
  };
}

/** An order as a list shows it. */
export function listedToProto({ order, lineCount }: ListedOrder): OrderMessage {
  const { rejection, confirmTime, captureTime, expireTime } = order;
  return {
    orderId: order.orderId,
    state: ORDER_STATES.toProto[order.state],
    paymentState: PAYMENT_STATES.toProto[order.paymentState],
    customerId: order.customer.id,
    customerKind: CUSTOMER_KINDS.toProto[order.customer.kind],
    email: order.email,
    shippingAddress: addressToProto(order.shippingAddress),
    billingAddress: addressToProto(order.billingAddress),
    currencyCode: order.currency,
    regionCode: order.regionCode,
    lines: order.lines.map(lineToProto),
    totals: {
      listAmount: moneyToProto(order.totals.listAmount),
      discount: moneyToProto(order.totals.discount),
      tax: moneyToProto(order.totals.tax),
      total: moneyToProto(order.totals.total),
    },
    refunded: moneyToProto(order.refunded),
    paymentId: order.paymentId ?? '',
    ...(rejection && { rejection: { ...rejection, metadata: { ...rejection.metadata } } }),
    orderTime: timestampFromDate(order.orderTime),
    createTime: timestampFromDate(order.createTime),
    updateTime: timestampFromDate(order.updateTime),
    ...(confirmTime && { confirmTime: timestampFromDate(confirmTime) }),
    ...(captureTime && { captureTime: timestampFromDate(captureTime) }),
    history: order.history.flatMap(orderChangeToProto),
    changes: order.history.map(changeToProto),
    fulfilmentState: FULFILMENT_STATES.toProto[order.fulfilmentState],
    ...(expireTime && { expireTime: timestampFromDate(expireTime) }),
    etag: etagOf(order.version),
    locale: order.locale,
    lineCount,
    orderNumber: orderNumberOf(order.orderId),
  };
}

/** A line. */
export function lineToProto(line: OrderLine): MessageInitShape<typeof OrderLineSchema> {
  return {
    lineId: line.lineId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: moneyToProto(line.unitPrice),
    listAmount: moneyToProto(line.listAmount),
    discount: moneyToProto(line.discount),
    tax: moneyToProto(line.tax),
    total: moneyToProto(line.total),
    returnedQuantity: line.returnedQuantity,
    cancelledQuantity: line.cancelledQuantity,
    shippedQuantity: line.shippedQuantity,
    deliveredQuantity: line.deliveredQuantity,
    digital: line.digital,
  };
}

function changeToProto(change: StateChange): MessageInitShape<typeof StateChangeSchema> {
  return {
    machine: MACHINES.toProto[change.machine],
    subjectId: change.subjectId ?? '',
    fromState: stateName(change.from ?? ''),
    toState: stateName(change.to),
    actor: change.actor,
    reason: change.reason,
    changeTime: timestampFromDate(change.time),
  };
}

/** A change of the order's own state; nothing for any other. */
function orderChangeToProto(change: StateChange): MessageInitShape<typeof OrderStateChangeSchema>[] {
  if (change.machine !== 'order') return [];
  return [
    {
      fromState: ORDER_STATES.named(change.from ?? '') ?? OrderState.UNSPECIFIED,
      toState: ORDER_STATES.named(change.to) ?? OrderState.UNSPECIFIED,
      actor: change.actor,
      reason: change.reason,
      changeTime: timestampFromDate(change.time),
    },
  ];
}

/** An address. */
export function addressToProto(address: PostalAddress): MessageInitShape<typeof PostalAddressSchema> {
  return { ...address, addressLines: [...address.addressLines], recipients: [...address.recipients] };
}

/** A return. */
export function returnToProto(orderReturn: OrderReturn): MessageInitShape<typeof OrderReturnSchema> {
  const { receiveTime, completeTime } = orderReturn;
  return {
    returnId: orderReturn.returnId,
    orderId: orderReturn.orderId,
    customerId: orderReturn.customer.id,
    state: RETURN_STATES.toProto[orderReturn.state],
    reason: RETURN_REASONS.toProto[orderReturn.reason],
    note: orderReturn.note,
    lines: orderReturn.lines.map((line) => ({
      ...line,
      net: moneyToProto(line.net),
      tax: moneyToProto(line.tax),
      total: moneyToProto(line.total),
    })),
    refund: moneyToProto(orderReturn.refund),
    returnTime: timestampFromDate(orderReturn.returnTime),
    ...(receiveTime && { receiveTime: timestampFromDate(receiveTime) }),
    createTime: timestampFromDate(orderReturn.createTime),
    ...(completeTime && { completeTime: timestampFromDate(completeTime) }),
    etag: etagOf(orderReturn.version),
    decisionNote: orderReturn.decisionNote,
  };
}

/** A saga; `steps` are the names of its present stage's steps. */
export function sagaToProto(saga: Saga, steps: readonly string[]): MessageInitShape<typeof SagaSchema> {
  return {
    sagaId: saga.sagaId,
    kind: saga.kind,
    orderId: saga.orderId,
    state: SAGA_STATES.toProto[saga.state],
    stage: saga.stage,
    steps: [...steps],
    attempts: saga.attempts,
    lastError: saga.lastError,
    leaseUntil: timestampFromDate(saga.leaseUntil),
    createTime: timestampFromDate(saga.createTime),
    updateTime: timestampFromDate(saga.updateTime),
    refusalReason: saga.refusal?.reason ?? '',
  };
}

/** A saga with what its steps went through. */
export function inspectedSagaToProto(
  saga: Saga,
  steps: readonly string[],
): MessageInitShape<typeof SagaSchema> {
  const stepRecords = saga.steps.map(({ name, direction, attempts, startTime, endTime, lastError }) =>
    create(SagaStepSchema, {
      ...{ name, attempts, lastError },
      undo: direction === 'undo',
      startTime: timestampFromDate(startTime),
      ...(endTime && { endTime: timestampFromDate(endTime) }),
    }),
  );
  return { ...sagaToProto(saga, steps), stepRecords };
}

/** One message of a watch; `show` writes the order as its watcher may see it. */
export function updateToProto(
  update: OrderUpdate,
  show: (order: Order) => OrderMessage,
): MessageInitShape<typeof WatchOrderResponseSchema> {
  switch (update.kind) {
    case 'snapshot':
    case 'change':
      return {
        resumeToken: etagOf(update.order.version),
        update: { case: update.kind, value: show(update.order) },
      };
    case 'heartbeat':
      return {
        resumeToken: etagOf(update.version),
        update: { case: 'heartbeat', value: { heartbeatTime: timestampFromDate(update.time) } },
      };
    case 'end': {
      const reason = update.reason === 'final' ? WatchEndReason.FINAL : WatchEndReason.RECONNECT;
      return { resumeToken: etagOf(update.version), update: { case: 'end', value: { reason } } };
    }
  }
}
