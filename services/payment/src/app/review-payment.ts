import { newId } from '@souk/kernel';
import { type Payment, requireAllowed } from '../domain/payment.ts';
import { settleApproval } from '../domain/payment-fact.ts';
import type { PaymentPorts } from './ports.ts';
import { voidPayment } from './void-payment.ts';

/**
 * Lets a payment go on that was put aside, or gives it up.
 *
 * @throws DomainError PAYMENT_NOT_FOUND, PAYMENT_STATE_INVALID, OPERATION_IN_FLIGHT, PROVIDER_UNAVAILABLE.
 */
export async function reviewPayment(
  ports: PaymentPorts,
  paymentId: string,
  isApproved: boolean,
): Promise<Payment> {
  const reviewed = await ports.payments.change(paymentId, (payment) => {
    requireAllowed(payment, 'approve');
    return isApproved ? settleApproval(payment, ports.clock.now()) : undefined;
  });
  if (isApproved) return reviewed;
  // Never asked for twice with success: the state says whether it was given up.
  const key = { requestId: newId(), fingerprint: 'review' };
  return (await voidPayment(ports, key, { paymentId })) ?? reviewed;
}
