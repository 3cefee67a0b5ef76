import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderPlacedSchema,
  OrderRejectedSchema,
  type RefundedLineSchema,
  ReturnCompletedSchema,
  ReturnRequestedSchema,
  type SoldLineSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';

import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { OrderFact } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import { type OrderLine, refundOf } from '../domain/order-line.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import { CUSTOMER_KINDS, ORDER_STATES, RETURN_REASONS } from '../wire/enums.ts';
import { amount, totalsToProto } from '../wire/amounts.ts';

type SoldLine = MessageInitShape<typeof SoldLineSchema>;
type RefundedLine = MessageInitShape<typeof RefundedLineSchema>;

/** Turns what happened to an order into the message that tells of it. */
export function toEvent(host: ServiceHost, happened: OrderFact): Envelope {
  const { order } = happened;
  const options = { subject: order.orderId, time: order.updateTime };
  const common = {
    orderId: order.orderId,
    version: BigInt(order.version),
    occurTime: timestampFromDate(order.updateTime),
    customerId: order.customer.id,
    customerKind: CUSTOMER_KINDS.toProto[order.customer.kind],
  };
  const sale = {
    ...common,
    regionCode: order.regionCode,
    currencyCode: order.currency,
    orderTime: timestampFromDate(order.orderTime),
  };
  switch (happened.type) {
    case 'placed': {
      const { cartId } = order;
      const message = { ...sale, lines: order.lines.map(sold), totals: totalsToProto(order.totals), cartId };
      return fact(host, OrderPlacedSchema, message, options);
    }
    case 'confirmed': {
      const paymentId = order.paymentId ?? '';
      const message = {
        ...sale,
        lines: order.lines.map(sold),
        totals: totalsToProto(order.totals),
        paymentId,
      };
      return fact(host, OrderConfirmedSchema, message, options);
    }
    case 'rejected': {
      const { orderTime } = sale;
      const { rejection } = order;
      return fact(
        host,
        OrderRejectedSchema,
        { ...common, orderTime, ...(rejection && { rejection: copy(rejection) }) },
        options,
      );
    }
    case 'cancelled': {
      const reason = order.history.at(-1)?.reason ?? '';
      const message = { ...sale, reason, lines: order.lines.map(unsold), refund: amount(order.totals.total) };
      return fact(host, OrderCancelledSchema, message, options);
    }
    case 'return-requested': {
      const { orderReturn } = happened;
      const { returnId, returnTime } = orderReturn;
      const reason = RETURN_REASONS.toProto[orderReturn.reason];
      const lines = returned(order, orderReturn);
      const message = { ...common, returnId, reason, returnTime: timestampFromDate(returnTime), lines };
      return fact(host, ReturnRequestedSchema, message, options);
    }
    case 'return-completed': {
      const { orderReturn } = happened;
      const receiveTime = timestampFromDate(orderReturn.receiveTime ?? order.updateTime);
      const message = {
        ...sale,
        returnId: orderReturn.returnId,
        receiveTime,
        lines: returned(order, orderReturn),
        refund: amount(orderReturn.refund),
        orderState: ORDER_STATES.toProto[order.state],
      };
      return fact(host, ReturnCompletedSchema, message, options);
    }
  }
}

const copy = (
  rejection: NonNullable<Order['rejection']>,
): { reason: string; message: string; metadata: Record<string, string> } => ({
  ...rejection,
  metadata: { ...rejection.metadata },
});

function sold(line: OrderLine): SoldLine {
  return {
    lineId: line.lineId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: amount(line.unitPrice),
    listAmount: amount(line.listAmount),
    discount: amount(line.discount),
    tax: amount(line.tax),
    total: amount(line.total),
  };
}

function unsold(line: OrderLine): RefundedLine {
  const { net, tax, total } = refundOf(line, 0, line.quantity);
  return {
    lineId: line.lineId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    restockedQuantity: line.quantity,
    net: amount(net),
    tax: amount(tax),
    total: amount(total),
  };
}

function returned(order: Order, orderReturn: OrderReturn): RefundedLine[] {
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  return orderReturn.lines.map((line) => ({
    lineId: line.lineId,
    productId: lines.get(line.lineId)?.productId ?? '',
    sku: line.sku,
    title: lines.get(line.lineId)?.title ?? '',
    quantity: orderReturn.state === 'requested' ? line.quantity : line.goodQuantity + line.damagedQuantity,
    restockedQuantity: line.goodQuantity,
    net: amount(line.net),
    tax: amount(line.tax),
    total: amount(line.total),
  }));
}
