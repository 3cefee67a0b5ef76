import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import {
  type OrderCancelled,
  OrderCancelledSchema,
  type OrderConfirmed,
  OrderConfirmedSchema,
  type OrderEdited,
  OrderEditedSchema,
  type OrderLinesCancelled,
  OrderLinesCancelledSchema,
  type RefundedLine,
  type ReturnCompleted,
  ReturnCompletedSchema,
  type SoldLine,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import type { Money } from '@souk/kernel';
import { type BatchHandler, onBatch } from '@souk/messaging';
import type { Calendar } from '../domain/calendar.ts';
import { factsOfRefund, factsOfSale, type SaleEvent, type SalesFact } from '../domain/sales-fact.ts';

/** Reads an amount of the contract. @throws when it is absent or malformed. */
export type ReadAmount = (message: MoneyMessage | undefined, field: string) => Money;

/** How order facts are read. */
export interface OrderFactReader {
  readonly calendar: Calendar;
  readonly readAmount: ReadAmount;
}

type OrderFact = OrderConfirmed | OrderCancelled | OrderLinesCancelled | OrderEdited | ReturnCompleted;

/** Turns order facts into sales facts and hands them over, with the number of events they came from. */
export function onOrderFacts(
  reader: OrderFactReader,
  handle: (facts: readonly SalesFact[], events: number) => Promise<void>,
): BatchHandler {
  return onBatch(
    [
      OrderConfirmedSchema,
      OrderCancelledSchema,
      OrderLinesCancelledSchema,
      OrderEditedSchema,
      ReturnCompletedSchema,
    ],
    (received) =>
      handle(
        received.flatMap(({ message, meta }) => salesFacts(reader, message, meta.id)),
        received.length,
      ),
  );
}

/** What one order fact says about sales. */
function salesFacts(reader: OrderFactReader, message: OrderFact, eventId: string): SalesFact[] {
  const event = {
    eventId,
    orderId: message.orderId,
    country: message.regionCode,
    currency: message.currencyCode,
  };
  const occurTime = required(message.occurTime);
  switch (message.$typeName) {
    case 'souk.order.events.v1.OrderConfirmed': {
      const time = required(message.orderTime);
      return sold(reader, { ...event, time, occurTime }, message.lines);
    }
    case 'souk.order.events.v1.OrderEdited': {
      const edited = { ...event, time: occurTime, occurTime };
      // It is no further order, and what it takes out is told apart from what it adds of the same SKU.
      const added = sold(reader, edited, message.added).map((fact) => ({
        ...fact,
        orders: 0n,
        skuOrders: 0n,
      }));
      const removed = { ...edited, eventId: `${eventId}:removed` };
      return [...added, ...refunded(reader, removed, message.removed)];
    }
    case 'souk.order.events.v1.OrderCancelled':
    case 'souk.order.events.v1.OrderLinesCancelled':
      return refunded(reader, { ...event, time: occurTime, occurTime }, message.lines);
    case 'souk.order.events.v1.ReturnCompleted':
      return refunded(reader, { ...event, time: required(message.receiveTime), occurTime }, message.lines);
  }
}

function sold(reader: OrderFactReader, event: SaleEvent, lines: readonly SoldLine[]): SalesFact[] {
  const bought = lines.map((line) => ({
    sku: line.sku,
    quantity: line.quantity,
    gross: reader.readAmount(line.listAmount, 'list_amount'),
    discount: reader.readAmount(line.discount, 'discount'),
    tax: reader.readAmount(line.tax, 'tax'),
  }));
  return factsOfSale(reader.calendar, event, bought);
}

function refunded(reader: OrderFactReader, event: SaleEvent, lines: readonly RefundedLine[]): SalesFact[] {
  const given = lines.map((line) => ({
    sku: line.sku,
    quantity: line.quantity,
    net: reader.readAmount(line.net, 'net'),
    tax: reader.readAmount(line.tax, 'tax'),
  }));
  return factsOfRefund(reader.calendar, event, given);
}

function required(time: Timestamp | undefined): Date {
  if (time === undefined) throw new Error('an order fact lacks a time');
  return timestampDate(time);
}
