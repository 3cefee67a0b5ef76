import type { OperationResult } from '../domain/operation.ts';
import { requireAllowed } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts } from './ports.ts';

/**
 * Gives an authorisation up. Of a payment that is voided or failed already nothing is asked.
 *
 * @throws DomainError PAYMENT_NOT_FOUND, PAYMENT_STATE_INVALID and what `carryOut` throws.
 */
export function voidPayment(
  ports: PaymentPorts,
  key: OperationKey,
  target: { readonly paymentId: string } | { readonly orderId: string },
): Promise<OperationResult> {
  return carryOut(ports, () =>
    ports.payments.claim(key, 'void', target, (payment) => {
      if (payment.state === 'voided' || payment.state === 'failed') return undefined;
      requireAllowed(payment, 'void');
      return { kind: 'void' };
    }),
  );
}
