import { type Money, newId } from '@souk/kernel';
import type { OperationResult } from '../domain/operation.ts';
import { requested } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts } from './ports.ts';

/** What is to be authorised. */
export interface Authorization {
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: Money;
  /** The provider's token. */
  readonly paymentMethod: string;
}

/**
 * Holds an amount for an order.
 *
 * @throws DomainError PAYMENT_DECLINED, PAYMENT_EXISTS, AMOUNT_INVALID and what `carryOut` throws.
 */
export function authorizePayment(
  ports: PaymentPorts,
  key: OperationKey,
  { paymentMethod, ...order }: Authorization,
): Promise<OperationResult> {
  const payment = requested(order, ports.provider.name, newId(), ports.clock.now());
  return carryOut(ports, () => ports.payments.claimAuthorization(key, payment, paymentMethod));
}
