import type { Money } from '@souk/kernel';
import type { OperationResult } from '../domain/operation.ts';
import { amountToCapture } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts } from './ports.ts';

/** What is to be taken. */
export interface CaptureOrder {
  readonly paymentId: string;
  /** Undefined for all that is held. */
  readonly amount: Money | undefined;
  /** Whether what is left stays held. */
  readonly keepRemainder: boolean;
}

/**
 * Takes what is authorised, or a part of it.
 *
 * @throws DomainError what `amountToCapture` and `carryOut` throw, PAYMENT_NOT_FOUND.
 */
export async function capturePayment(
  ports: PaymentPorts,
  key: OperationKey,
  { paymentId, amount, keepRemainder }: CaptureOrder,
): Promise<OperationResult> {
  const result = await carryOut(ports, () =>
    ports.payments.claim(key, 'capture', { paymentId }, (payment) => ({
      kind: 'capture',
      amount: amountToCapture(payment, amount),
      keepRemainder,
    })),
  );
  ports.fraud.captured(result.payment);
  return result;
}
