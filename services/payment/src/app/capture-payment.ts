import type { Money } from '@souk/kernel';
import type { OperationResult } from '../domain/operation.ts';
import { amountToCapture } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts } from './ports.ts';

/**
 * Takes what is authorised, or a part of it.
 *
 * @throws DomainError what `amountToCapture` and `carryOut` throw, PAYMENT_NOT_FOUND.
 */
export function capturePayment(
  ports: PaymentPorts,
  key: OperationKey,
  paymentId: string,
  asked: Money | undefined,
): Promise<OperationResult> {
  return carryOut(ports, () =>
    ports.payments.claim(key, 'capture', { paymentId }, (payment) => ({
      kind: 'capture',
      amount: amountToCapture(payment, asked),
    })),
  );
}
