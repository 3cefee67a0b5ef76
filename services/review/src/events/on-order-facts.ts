import {
  type OrderCancelled,
  OrderCancelledSchema,
  type OrderConfirmed,
  OrderConfirmedSchema,
  type OrderEdited,
  OrderEditedSchema,
  type OrderLinesCancelled,
  OrderLinesCancelledSchema,
  type ReturnCompleted,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { CustomerKind } from '@souk/gen/souk/order/v1/order_pb';
import { type BatchHandler, onBatch } from '@souk/messaging';
import type { ReviewPorts } from '../app/ports.ts';
import { recordPurchases } from '../app/record-purchases.ts';
import type { PurchaseChange } from '../domain/purchase.ts';

type OrderFact = OrderConfirmed | OrderCancelled | OrderLinesCancelled | ReturnCompleted;

/** Learns from orders who bought what, and who gave it back. */
export function onOrderFacts(ports: ReviewPorts): BatchHandler {
  return onBatch(
    [
      OrderConfirmedSchema,
      OrderCancelledSchema,
      OrderLinesCancelledSchema,
      OrderEditedSchema,
      ReturnCompletedSchema,
    ],
    (received) =>
      recordPurchases(
        ports,
        received.flatMap(({ message }) => changesOf(message)),
      ),
    { maxSize: 200 },
  );
}

/** What an order's fact says about purchases of accounts; guests do not write reviews. */
function changesOf(message: OrderFact | OrderEdited): PurchaseChange[] {
  if (message.customerKind !== CustomerKind.ACCOUNT) return [];
  if (message.$typeName !== 'souk.order.events.v1.OrderEdited')
    return changed(message, message.lines, occasionOf(message));
  const occasion = message.editId;
  return [
    ...changed(message, message.added, { kind: 'bought', occasion }),
    ...changed(message, message.removed, { kind: 'given-back', occasion }),
  ];
}

function changed(
  { customerId, orderId }: Pick<OrderFact, 'customerId' | 'orderId'>,
  lines: readonly { readonly productId: string; readonly quantity: number }[],
  { kind, occasion }: Pick<PurchaseChange, 'kind' | 'occasion'>,
): PurchaseChange[] {
  const units = new Map<string, number>();
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity);
  return [...units]
    .filter(([, quantity]) => quantity > 0)
    .map(([productId, quantity]) => ({ customerId, productId, orderId, kind, occasion, quantity }));
}

function occasionOf(message: OrderFact): Pick<PurchaseChange, 'kind' | 'occasion'> {
  switch (message.$typeName) {
    case 'souk.order.events.v1.OrderConfirmed':
      return { kind: 'bought', occasion: '' };
    case 'souk.order.events.v1.OrderCancelled':
      return { kind: 'given-back', occasion: 'cancellation' };
    case 'souk.order.events.v1.OrderLinesCancelled':
      return { kind: 'given-back', occasion: message.cancellationId };
    case 'souk.order.events.v1.ReturnCompleted':
      return { kind: 'given-back', occasion: message.returnId };
  }
}
