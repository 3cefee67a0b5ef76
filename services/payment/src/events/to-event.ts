import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  PaymentActionRequiredSchema,
  PaymentAuthorizedSchema,
  PaymentCapturedSchema,
  PaymentFailedSchema,
  PaymentRefundedSchema,
  PaymentReviewedSchema,
  PaymentVoidedSchema,
} from '@souk/gen/souk/payment/events/v1/payment_events_pb';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import type { Money, ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { PaymentFact } from '../domain/payment-fact.ts';

/** Turns what happened to a payment into the message that tells of it. `toMoney` writes amounts. */
export function toEvent(
  host: ServiceHost,
  happened: PaymentFact,
  toMoney: (amount: Money) => MoneyMessage,
): Envelope {
  const { payment } = happened;
  const { id: paymentId, orderId, version, updateTime: time } = payment;
  const common = { paymentId, orderId, version, occurTime: timestampFromDate(time) };
  const options = { subject: paymentId, time };
  switch (happened.type) {
    case 'authorized': {
      const { purpose, reference } = payment;
      const amount = toMoney(payment.amount);
      return fact(host, PaymentAuthorizedSchema, { ...common, amount, purpose, reference }, options);
    }
    case 'action_required': {
      const expireTime = payment.action && timestampFromDate(payment.action.expireTime);
      const message = { ...common, ...(expireTime && { expireTime }) };
      return fact(host, PaymentActionRequiredSchema, message, options);
    }
    case 'reviewed':
      return fact(host, PaymentReviewedSchema, { ...common, approved: happened.approved }, options);
    case 'captured': {
      const amount = toMoney(happened.capture.amount);
      const capturedAmount = toMoney(payment.captured);
      return fact(host, PaymentCapturedSchema, { ...common, amount, capturedAmount }, options);
    }
    case 'voided':
      return fact(host, PaymentVoidedSchema, common, options);
    case 'failed':
      return fact(host, PaymentFailedSchema, { ...common, declineCode: payment.declineCode }, options);
    case 'refunded': {
      const { id: refundId, reference } = happened.refund;
      const amount = toMoney(happened.refund.amount);
      const refundedAmount = toMoney(payment.refunded);
      return fact(
        host,
        PaymentRefundedSchema,
        { ...common, refundId, amount, refundedAmount, reference },
        options,
      );
    }
  }
}
