import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderEditedSchema,
  OrderExpiredSchema,
  OrderLinesCancelledSchema,
  OrderPlacedSchema,
  OrderRejectedSchema,
  type RefundedLineSchema,
  ReturnCompletedSchema,
  ReturnRequestedSchema,
  type SoldLineSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';

import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import type { OrderTotalsSchema } from '@souk/gen/souk/order/v1/order_pb';
import type { Money, ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { OrderFact } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import type { CancelledLine } from '../domain/cancellation.ts';
import type { OrderLine, OrderTotals } from '../domain/order-line.ts';
import type { RemovedUnits } from '../domain/order-edit.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import { CUSTOMER_KINDS, ORDER_STATES, RETURN_REASONS } from './contract-enums.ts';
import { shipmentEvent } from './shipment-event.ts';

type SoldLine = MessageInitShape<typeof SoldLineSchema>;
type RefundedLine = MessageInitShape<typeof RefundedLineSchema>;

/** Writes an amount as the contract carries it. */
export type ToMoney = (amount: Money) => MoneyMessage;

/** Turns what happened to an order into the message that tells of it. */
export function toEvent(host: ServiceHost, happened: OrderFact, toMoney: ToMoney): Envelope {
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
      const message = {
        ...sale,
        lines: order.lines.map((line) => sold(line, toMoney)),
        totals: sums(order.totals, toMoney),
        cartId,
      };
      return fact(host, OrderPlacedSchema, message, options);
    }
    case 'confirmed': {
      const paymentId = order.paymentId ?? '';
      const message = {
        ...sale,
        lines: order.lines.map((line) => sold(line, toMoney)),
        totals: sums(order.totals, toMoney),
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
    case 'expired': {
      const { orderTime } = sale;
      return fact(host, OrderExpiredSchema, { ...common, orderTime, cartId: order.cartId }, options);
    }
    case 'cancelled':
    case 'lines-cancelled': {
      const { reason, cancellationId } = happened;
      const lines = happened.lines.map((line) => cancelled(line, toMoney));
      const message = { ...sale, reason, lines, refund: toMoney(happened.refund) };
      return happened.type === 'cancelled'
        ? fact(host, OrderCancelledSchema, message, options)
        : fact(host, OrderLinesCancelledSchema, { ...message, cancellationId }, options);
    }
    case 'edited': {
      const { edit } = happened;
      const { editId } = edit;
      const message = {
        ...sale,
        editId,
        added: edit.added.map((line) => sold(line, toMoney)),
        removed: edit.removed.map((units) => takenOut(order, units, toMoney)),
        difference: toMoney(edit.difference),
      };
      return fact(host, OrderEditedSchema, message, options);
    }
    case 'shipped':
    case 'delivered':
      return shipmentEvent(host, happened);
    case 'return-requested': {
      const { orderReturn } = happened;
      const { returnId, returnTime } = orderReturn;
      const reason = RETURN_REASONS.toProto[orderReturn.reason];
      const lines = returned(order, orderReturn, toMoney);
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
        lines: returned(order, orderReturn, toMoney),
        refund: toMoney(orderReturn.refund),
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

function sums(totals: OrderTotals, toMoney: ToMoney): MessageInitShape<typeof OrderTotalsSchema> {
  return {
    listAmount: toMoney(totals.listAmount),
    discount: toMoney(totals.discount),
    tax: toMoney(totals.tax),
    total: toMoney(totals.total),
  };
}

function sold(line: OrderLine, toMoney: ToMoney): SoldLine {
  return {
    lineId: line.lineId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: toMoney(line.unitPrice),
    listAmount: toMoney(line.listAmount),
    discount: toMoney(line.discount),
    tax: toMoney(line.tax),
    total: toMoney(line.total),
  };
}

function cancelled({ line, quantity, net, tax, total }: CancelledLine, toMoney: ToMoney): RefundedLine {
  return {
    lineId: line.lineId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    quantity,
    restockedQuantity: quantity,
    net: toMoney(net),
    tax: toMoney(tax),
    total: toMoney(total),
  };
}

function takenOut(order: Order, units: RemovedUnits, toMoney: ToMoney): RefundedLine {
  const line = order.lines.find(({ lineId }) => lineId === units.lineId);
  return {
    ...{ lineId: units.lineId, sku: units.sku, quantity: units.quantity, restockedQuantity: units.quantity },
    productId: line?.productId ?? '',
    title: line?.title ?? '',
    net: toMoney(units.net),
    tax: toMoney(units.tax),
    total: toMoney(units.total),
  };
}

function returned(order: Order, orderReturn: OrderReturn, toMoney: ToMoney): RefundedLine[] {
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  return orderReturn.lines.map((line) => ({
    lineId: line.lineId,
    productId: lines.get(line.lineId)?.productId ?? '',
    sku: line.sku,
    title: lines.get(line.lineId)?.title ?? '',
    quantity: orderReturn.state === 'requested' ? line.quantity : line.goodQuantity + line.damagedQuantity,
    restockedQuantity: line.goodQuantity,
    net: toMoney(line.net),
    tax: toMoney(line.tax),
    total: toMoney(line.total),
  }));
}
