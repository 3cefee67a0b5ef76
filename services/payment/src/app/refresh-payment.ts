import { newId } from '@souk/kernel';
import type { Payment } from '../domain/payment.ts';
import { settlementOf } from '../domain/provider-event.ts';
import { getPayment } from './get-payment.ts';
import type { PaymentPorts } from './ports.ts';

/**
 * Asks the provider where a payment stands that waits for its payer; others are answered as they are.
 *
 * @throws DomainError PAYMENT_NOT_FOUND, PROVIDER_UNAVAILABLE, OPERATION_IN_FLIGHT.
 */
export async function refreshPayment(ports: PaymentPorts, paymentId: string): Promise<Payment> {
  const payment = await getPayment(ports, paymentId);
  if (payment.state !== 'requires_action') return payment;
  const { event, action } = await ports.provider.lookUp(payment);
  if (action !== undefined) return { ...payment, action };
  return ports.payments.change(paymentId, (current) =>
    settlementOf(event, current, newId(), ports.clock.now()),
  );
}
