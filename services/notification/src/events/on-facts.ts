import { toBinary } from '@bufbuild/protobuf';
import {
  type AccountRegistered,
  AccountRegisteredSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import {
  type OrderCancelled,
  OrderCancelledSchema,
  type OrderConfirmed,
  OrderConfirmedSchema,
  type ReturnCompleted,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';
import { askDeliveries, type Occasion } from '../app/ask-deliveries.ts';
import type { NotificationPorts } from '../app/ports.ts';

type Fact = AccountRegistered | OrderConfirmed | OrderCancelled | ReturnCompleted;

/** Asks for a notification of each fact that people are told of. */
export function onFacts(ports: Pick<NotificationPorts, 'deliveries' | 'contentOf' | 'clock'>): BatchHandler {
  return onBatch(
    [AccountRegisteredSchema, OrderConfirmedSchema, OrderCancelledSchema, ReturnCompletedSchema],
    (received) =>
      askDeliveries(
        ports,
        received.map(({ message, meta }) => occasionOf(message, meta.id)),
      ),
    { maxSize: 100 },
  );
}

function occasionOf(message: Fact, eventId: string): Occasion {
  const common = { eventId, eventType: message.$typeName };
  switch (message.$typeName) {
    case 'souk.identity.events.v1.AccountRegistered': {
      const event = toBinary(AccountRegisteredSchema, message);
      return { ...common, event, recipient: { kind: 'account', id: message.accountId } };
    }
    case 'souk.order.events.v1.OrderConfirmed':
      return { ...common, event: toBinary(OrderConfirmedSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderCancelled':
      return { ...common, event: toBinary(OrderCancelledSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.ReturnCompleted':
      return { ...common, event: toBinary(ReturnCompletedSchema, message), recipient: buyerOf(message) };
  }
}

function buyerOf({ orderId }: { readonly orderId: string }): Occasion['recipient'] {
  return { kind: 'order', id: orderId };
}
