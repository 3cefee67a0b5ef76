import type { Client } from '@connectrpc/connect';
import type { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { moneyToProto } from '@souk/rpc';
import type { Payments } from '../app/ports.ts';
import type { Rejection } from '../domain/order.ts';
import { checkoutRefused, type Refused, refusable, requestIdOf } from './step-call.ts';

/** Payments of the payment service. */
export function paymentService(payment: Client<typeof PaymentService>): Payments {
  return {
    async authorize({ orderId, customerId, amount, paymentMethod }, call) {
      const request = {
        requestId: requestIdOf(call),
        orderId,
        customerId,
        amount: moneyToProto(amount),
        paymentMethod,
      };
      const reply = await refusable(
        payment.authorizePayment(request, { timeoutMs: call.timeoutMs }),
        rejectionOf,
      );
      if (reply.payment === undefined) throw new Error('payment authorised nothing');
      return reply.payment.paymentId;
    },
    async capture(paymentId, call) {
      const request = { requestId: requestIdOf(call), paymentId };
      await refusable(payment.capturePayment(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async void(orderId, call) {
      await payment.voidPayment(
        { requestId: requestIdOf(call), target: { case: 'orderId', value: orderId } },
        { timeoutMs: call.timeoutMs },
      );
    },
    async refund({ paymentId, amount, reason, reference }, call) {
      await payment.refundPayment(
        { requestId: requestIdOf(call), paymentId, amount: moneyToProto(amount), reason, reference },
        { timeoutMs: call.timeoutMs },
      );
    },
  };
}

function rejectionOf(refused: Refused): Rejection {
  if (refused.reason !== 'PAYMENT_DECLINED') return checkoutRefused(refused);
  const { decline_code: declineCode = '' } = refused.metadata;
  return { ...refused, metadata: { provider_reason: declineCode } };
}
