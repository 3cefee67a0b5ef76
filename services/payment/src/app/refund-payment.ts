import type { Money } from '@souk/kernel';
import type { OperationResult } from '../domain/operation.ts';
import { amountToRefund } from '../domain/payment.ts';
import { refundShares } from '../domain/tender.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts } from './ports.ts';

/** What is to be given back. */
export interface RefundOrder {
  readonly paymentId: string;
  readonly amount: Money;
  readonly reason: string;
  /** The caller's own reference. */
  readonly reference: string;
}

/**
 * Gives a captured amount back, whole or in part.
 *
 * @throws DomainError what `amountToRefund` and `carryOut` throw, PAYMENT_NOT_FOUND.
 */
export function refundPayment(
  ports: PaymentPorts,
  key: OperationKey,
  order: RefundOrder,
): Promise<OperationResult> {
  const { paymentId, reason, reference } = order;
  return carryOut(ports, () =>
    ports.payments.claim(key, 'refund', { paymentId }, (payment) => {
      const amount = amountToRefund(payment, order.amount);
      return { kind: 'refund', amount, shares: refundShares(payment.tenders, amount), reason, reference };
    }),
  );
}
