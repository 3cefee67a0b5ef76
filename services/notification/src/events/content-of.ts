import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import {
  EmailConfirmationRequestedSchema,
  EmailConfirmedSchema,
  PasswordChangedSchema,
  PasswordResetRequestedSchema,
  RegistrationRepeatedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { BackInStockReachedSchema } from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import {
  type OrderConfirmed,
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderDeliveredSchema,
  OrderEditedSchema,
  OrderExpiredSchema,
  OrderLinesCancelledSchema,
  OrderShippedSchema,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import type { Money } from '@souk/kernel';
import type { Content, Item, Line } from '../domain/content.ts';
import type { Delivery } from '../domain/delivery.ts';

/** Reads an amount from its message. @throws when it is not one. */
export type ReadAmount = (message: MoneyMessage | undefined, field: string) => Money;

type Reader = (event: Uint8Array, amount: ReadAmount) => Content;

const READERS = new Map<string, Reader>([
  reader(EmailConfirmationRequestedSchema, (event) => ({
    template: 'confirm-email',
    mailId: fromBinary(EmailConfirmationRequestedSchema, event).mailId,
  })),
  reader(EmailConfirmedSchema, () => ({ template: 'welcome' })),
  reader(RegistrationRepeatedSchema, () => ({ template: 'registration-repeated' })),
  reader(PasswordResetRequestedSchema, (event) => ({
    template: 'reset-password',
    mailId: fromBinary(PasswordResetRequestedSchema, event).mailId,
  })),
  reader(PasswordChangedSchema, () => ({ template: 'password-changed' })),
  reader(BackInStockReachedSchema, (event) => ({
    template: 'back-in-stock',
    sku: fromBinary(BackInStockReachedSchema, event).sku,
  })),
  reader(OrderConfirmedSchema, (event, amount) => confirmed(fromBinary(OrderConfirmedSchema, event), amount)),
  reader(OrderCancelledSchema, (event, amount) => {
    const { orderId, lines, refund } = fromBinary(OrderCancelledSchema, event);
    return {
      template: 'order-cancelled',
      orderId,
      lines: linesOf(lines, amount),
      refund: amount(refund, 'refund'),
    };
  }),
  reader(OrderLinesCancelledSchema, (event, amount) => {
    const { orderId, lines, refund } = fromBinary(OrderLinesCancelledSchema, event);
    return {
      template: 'order-lines-cancelled',
      orderId,
      lines: linesOf(lines, amount),
      refund: amount(refund, 'refund'),
    };
  }),
  reader(OrderExpiredSchema, (event) => ({
    template: 'order-expired',
    orderId: fromBinary(OrderExpiredSchema, event).orderId,
  })),
  reader(OrderShippedSchema, (event) => {
    const { orderId, lines, carrier, trackingNumber, trackingUrl } = fromBinary(OrderShippedSchema, event);
    return {
      template: 'order-shipped',
      orderId,
      lines: itemsOf(lines),
      carrier,
      trackingNumber,
      trackingUrl,
    };
  }),
  reader(OrderDeliveredSchema, (event) => {
    const { orderId, lines } = fromBinary(OrderDeliveredSchema, event);
    return { template: 'order-delivered', orderId, lines: itemsOf(lines) };
  }),
  reader(OrderEditedSchema, (event, amount) => {
    const { orderId, added, removed, difference } = fromBinary(OrderEditedSchema, event);
    return {
      template: 'order-edited',
      orderId,
      added: linesOf(added, amount),
      removed: linesOf(removed, amount),
      difference: amount(difference, 'difference'),
    };
  }),
  reader(ReturnCompletedSchema, (event, amount) => {
    const { orderId, lines, refund } = fromBinary(ReturnCompletedSchema, event);
    return {
      template: 'return-refunded',
      orderId,
      lines: linesOf(lines, amount),
      refund: amount(refund, 'refund'),
    };
  }),
]);

/** What the notification of an event says. @throws when the event is unknown or cannot be read. */
export function contentOf(
  { eventType, event }: Pick<Delivery, 'eventType' | 'event'>,
  amount: ReadAmount,
): Content {
  const read = READERS.get(eventType);
  if (read === undefined) throw new Error(`there is no notification of ${eventType}`);
  return read(event, amount);
}

function reader(schema: DescMessage, read: Reader): [string, Reader] {
  return [schema.typeName, read];
}

function confirmed({ orderId, orderTime, lines, totals }: OrderConfirmed, amount: ReadAmount): Content {
  if (orderTime === undefined) throw new Error('a confirmed order without a time');
  return {
    template: 'order-confirmed',
    orderId,
    orderTime: timestampDate(orderTime),
    lines: linesOf(lines, amount),
    subtotal: amount(totals?.listAmount, 'totals.list_amount'),
    discount: amount(totals?.discount, 'totals.discount'),
    tax: amount(totals?.tax, 'totals.tax'),
    total: amount(totals?.total, 'totals.total'),
  };
}

interface LineMessage extends Item {
  readonly total?: MoneyMessage | undefined;
}

function linesOf(lines: readonly LineMessage[], amount: ReadAmount): Line[] {
  return lines.map(({ title, sku, quantity, total }, index) => ({
    title,
    sku,
    quantity,
    total: amount(total, `lines[${index}].total`),
  }));
}

function itemsOf(lines: readonly Item[]): Item[] {
  return lines.map(({ title, sku, quantity }) => ({ title, sku, quantity }));
}
