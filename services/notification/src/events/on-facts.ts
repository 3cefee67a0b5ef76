import { toBinary } from '@bufbuild/protobuf';
import {
  type EmailConfirmationRequested,
  EmailConfirmationRequestedSchema,
  type EmailConfirmed,
  EmailConfirmedSchema,
  type PasswordChanged,
  PasswordChangedSchema,
  type PasswordResetRequested,
  PasswordResetRequestedSchema,
  type RegistrationRepeated,
  RegistrationRepeatedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import {
  type BackInStockReached,
  BackInStockReachedSchema,
} from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import {
  type OrderCancelled,
  OrderCancelledSchema,
  type OrderConfirmed,
  OrderConfirmedSchema,
  type OrderDelivered,
  OrderDeliveredSchema,
  type OrderEdited,
  OrderEditedSchema,
  type OrderExpired,
  OrderExpiredSchema,
  type OrderLinesCancelled,
  OrderLinesCancelledSchema,
  type OrderShipped,
  OrderShippedSchema,
  type ReturnCompleted,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';
import { askDeliveries, type Occasion } from '../app/ask-deliveries.ts';
import type { NotificationPorts } from '../app/ports.ts';

type AccountFact =
  | EmailConfirmationRequested
  | EmailConfirmed
  | PasswordChanged
  | PasswordResetRequested
  | RegistrationRepeated;
type OrderFact =
  | OrderConfirmed
  | OrderShipped
  | OrderDelivered
  | OrderLinesCancelled
  | OrderCancelled
  | OrderExpired
  | OrderEdited
  | ReturnCompleted;
type Fact = AccountFact | BackInStockReached | OrderFact;

/** Asks for a notification of each fact that people are told of. */
export function onFacts(ports: Pick<NotificationPorts, 'deliveries' | 'contentOf' | 'clock'>): BatchHandler {
  return onBatch(
    [
      EmailConfirmationRequestedSchema,
      EmailConfirmedSchema,
      PasswordChangedSchema,
      PasswordResetRequestedSchema,
      RegistrationRepeatedSchema,
      BackInStockReachedSchema,
      OrderConfirmedSchema,
      OrderCancelledSchema,
      OrderShippedSchema,
      OrderDeliveredSchema,
      OrderLinesCancelledSchema,
      OrderExpiredSchema,
      OrderEditedSchema,
      ReturnCompletedSchema,
    ],
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
    case 'souk.identity.events.v1.EmailConfirmationRequested':
      return {
        ...common,
        event: toBinary(EmailConfirmationRequestedSchema, message),
        recipient: holderOf(message),
      };
    case 'souk.identity.events.v1.EmailConfirmed':
      return { ...common, event: toBinary(EmailConfirmedSchema, message), recipient: holderOf(message) };
    case 'souk.identity.events.v1.PasswordChanged':
      return { ...common, event: toBinary(PasswordChangedSchema, message), recipient: holderOf(message) };
    case 'souk.identity.events.v1.PasswordResetRequested':
      return {
        ...common,
        event: toBinary(PasswordResetRequestedSchema, message),
        recipient: holderOf(message),
      };
    case 'souk.identity.events.v1.RegistrationRepeated':
      return {
        ...common,
        event: toBinary(RegistrationRepeatedSchema, message),
        recipient: holderOf(message),
      };
    case 'souk.inventory.events.v1.BackInStockReached':
      return {
        ...common,
        event: toBinary(BackInStockReachedSchema, message),
        recipient: { kind: 'subscription', id: message.subscriptionId },
      };
    case 'souk.order.events.v1.OrderConfirmed':
      return { ...common, event: toBinary(OrderConfirmedSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderCancelled':
      return { ...common, event: toBinary(OrderCancelledSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderShipped':
      return { ...common, event: toBinary(OrderShippedSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderDelivered':
      return { ...common, event: toBinary(OrderDeliveredSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderLinesCancelled':
      return { ...common, event: toBinary(OrderLinesCancelledSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderExpired':
      return { ...common, event: toBinary(OrderExpiredSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.OrderEdited':
      return { ...common, event: toBinary(OrderEditedSchema, message), recipient: buyerOf(message) };
    case 'souk.order.events.v1.ReturnCompleted':
      return { ...common, event: toBinary(ReturnCompletedSchema, message), recipient: buyerOf(message) };
  }
}

function buyerOf({ orderId }: { readonly orderId: string }): Occasion['recipient'] {
  return { kind: 'order', id: orderId };
}

function holderOf({ accountId }: { readonly accountId: string }): Occasion['recipient'] {
  return { kind: 'account', id: accountId };
}
