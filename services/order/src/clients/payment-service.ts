import { fromJsonString } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { type Payment, PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import { PayerDetailsSchema, type PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { isReason, moneyToProto } from '@souk/rpc';
import type { Authorization, Payments } from '../app/ports.ts';
import { StepRefused } from '../app/saga/saga.ts';
import type { Rejection } from '../domain/order.ts';
import { meansToProto } from './means-to-proto.ts';
import { checkoutRefused, type Refused, refusable, requestIdOf } from './step-call.ts';

/** Reasons of payment's that the contract of orders has as well, with the same metadata. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'GIFT_CARD_NOT_FOUND',
  'GIFT_CARD_UNUSABLE',
  'GIFT_CARD_INSUFFICIENT',
  'STORE_CREDIT_INSUFFICIENT',
  'STORED_VALUE_CURRENCY_MISMATCH',
  'PAYMENT_METHOD_NOT_FOUND',
]);

/** Payments of the payment service. */
export function paymentService(payment: Client<typeof PaymentService>): Payments {
  return {
    async authorize({ orderId, customerId, amount, tenders, payer }, call) {
      const request = {
        requestId: requestIdOf(call),
        orderId,
        customerId,
        amount: moneyToProto(amount),
        ...meansToProto(tenders),
        ...(payer !== '' && { payer: fromJsonString(PayerDetailsSchema, payer) }),
      };
      const reply = await refusable(
        payment.authorizePayment(request, { timeoutMs: call.timeoutMs }),
        rejectionOf,
      );
      return authorization(reply.payment);
    },
    async refresh(paymentId, call) {
      const reply = await refusable(
        payment.refreshPayment({ paymentId }, { timeoutMs: call.timeoutMs }),
        checkoutRefused,
      );
      return authorization(reply.payment);
    },
    async capture(paymentId, call) {
      const request = { requestId: requestIdOf(call), paymentId };
      await refusable(payment.capturePayment(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async giveBack(orderId, amount, call) {
      const { timeoutMs } = call;
      try {
        const target = { case: 'orderId', value: orderId } as const;
        const reply = await payment.voidPayment({ requestId: requestIdOf(call), target }, { timeoutMs });
        return reply.payment?.state === PaymentState.VOIDED ? 'voided' : 'nothing';
      } catch (error) {
        if (isReason(error, 'PAYMENT_NOT_FOUND')) return 'nothing';
        // What was captured already can only be paid back.
        if (!isReason(error, 'PAYMENT_STATE_INVALID')) throw error;
        const request = {
          requestId: requestIdOf({ ...call, key: `${call.key}:refund` }),
          orderId,
          amount: moneyToProto(amount),
          reason: 'checkout undone',
          reference: orderId,
        };
        await refusable(payment.refundOrder(request, { timeoutMs }), checkoutRefused);
        return 'refunded';
      }
    },
    async refund({ orderId, amount, reason, reference }, call) {
      const request = {
        requestId: requestIdOf(call),
        orderId,
        amount: moneyToProto(amount),
        reason,
        reference,
      };
      await refusable(payment.refundOrder(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
  };
}

/** Where a payment stands; one that failed or was given up refuses the step. */
function authorization(payment: Payment | undefined): Authorization {
  if (payment === undefined) throw new Error('the payment service answered with no payment');
  const { paymentId, actionRequired } = payment;
  switch (payment.state) {
    case PaymentState.FAILED:
    case PaymentState.VOIDED:
      throw new StepRefused({
        reason: 'PAYMENT_DECLINED',
        message: 'The payment was declined.',
        metadata: { provider_reason: payment.declineCode },
      });
    case PaymentState.REQUIRES_ACTION: {
      const action = {
        url: actionRequired?.redirectUrl ?? '',
        clientSecret: actionRequired?.clientSecret ?? '',
      };
      return { paymentId, state: 'action-required', action };
    }
    case PaymentState.IN_REVIEW:
      return { paymentId, state: 'in-review', action: undefined };
    case PaymentState.PENDING:
      throw new Error('the payment service does not know yet');
    default:
      return { paymentId, state: 'authorized', action: undefined };
  }
}

function rejectionOf(refused: Refused): Rejection {
  if (PASSED_ON.has(refused.reason)) return refused;
  if (refused.reason !== 'PAYMENT_DECLINED') return checkoutRefused(refused);
  const { decline_code: declineCode = '' } = refused.metadata;
  return { ...refused, metadata: { provider_reason: declineCode } };
}
