import { newId } from '@souk/kernel';
import type { OperationResult } from '../domain/operation.ts';
import { type PaymentOrder, requested } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import type { OperationKey, PaymentPorts, TenderCodes } from './ports.ts';

/** What is to be authorised, and by what. */
export interface Authorization extends PaymentOrder {
  /** The provider's token of the card; empty if no card is involved. */
  readonly paymentMethod: string;
  /** What draws on the other tenders. */
  readonly codes: TenderCodes;
}

/**
 * Holds an amount for an order.
 *
 * @throws DomainError PAYMENT_DECLINED, PAYMENT_EXISTS, AUTHORIZATION_VOIDED, AMOUNT_INVALID, TENDERS_INVALID and what
 * `carryOut` throws.
 */
export async function authorizePayment(
  ports: PaymentPorts,
  key: OperationKey,
  { paymentMethod, codes, ...order }: Authorization,
): Promise<OperationResult> {
  const asked = requested(order, ports.provider.name, newId(), ports.clock.now());
  const payment = { ...asked, screening: await ports.fraud.screen(asked, paymentMethod) };
  return carryOut(ports, () => ports.payments.claimAuthorization(key, payment, paymentMethod, codes));
}
