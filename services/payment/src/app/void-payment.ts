import { DomainError } from '@souk/kernel';
import type { Payment } from '../domain/payment.ts';
import { requireAllowed } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts, VoidTarget } from './ports.ts';

/**
 * Gives up what is held. Of a payment that is voided or failed already nothing is asked. By order and by request it forbids
 * an authorisation that is still on its way, and answers undefined if there is no payment.
 *
 * @throws DomainError PAYMENT_NOT_FOUND (by payment only), PAYMENT_STATE_INVALID and what `carryOut` throws.
 */
export async function voidPayment(
  ports: PaymentPorts,
  key: OperationKey,
  target: VoidTarget,
): Promise<Payment | undefined> {
  const isOnItsWay = !('paymentId' in target);
  // Forbidden first, looked for after: an authorisation that is claimed in between is seen by the one or the other.
  if (isOnItsWay) await ports.payments.forbid(target);
  try {
    const { payment } = await carryOut(ports, () =>
      ports.payments.claim(key, 'void', target, (current) => {
        if (current.state === 'voided' || current.state === 'failed') return undefined;
        requireAllowed(current, 'void');
        return { kind: 'void' };
      }),
    );
    return payment;
  } catch (error) {
    if (isOnItsWay && error instanceof DomainError && error.reason === 'PAYMENT_NOT_FOUND') return undefined;
    throw error;
  }
}
