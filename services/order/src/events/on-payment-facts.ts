import {
  PaymentAuthorizedSchema,
  PaymentFailedSchema,
  PaymentReviewedSchema,
  PaymentVoidedSchema,
} from '@souk/gen/souk/payment/events/v1/payment_events_pb';
import { isUuid } from '@souk/kernel';
import { type BatchHandler, onBatch } from '@souk/messaging';

/**
 * Tells of which orders the payments were settled: by their payer, a reviewer, or time. The facts are only a sign to look: what a
 * payment is now is asked of payment. So it does no harm when they come twice, late or out of order.
 */
export function onPaymentFacts(settled: (orderIds: readonly string[]) => Promise<void>): BatchHandler {
  return onBatch(
    [PaymentAuthorizedSchema, PaymentReviewedSchema, PaymentFailedSchema, PaymentVoidedSchema],
    (received) => settled([...new Set(received.map(({ message }) => message.orderId))].filter(isUuid)),
    { maxSize: 200 },
  );
}
