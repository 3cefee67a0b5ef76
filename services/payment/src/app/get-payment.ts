import { type DomainError, notFound } from '@souk/kernel';
import type { Payment } from '../domain/payment.ts';
import type { PaymentPorts } from './ports.ts';

/** @throws DomainError PAYMENT_NOT_FOUND. */
export async function getPayment({ payments }: PaymentPorts, paymentId: string): Promise<Payment> {
  const payment = await payments.find(paymentId);
  if (payment === undefined) throw paymentNotFound();
  return payment;
}

/** The refusal of an unknown payment. */
export function paymentNotFound(): DomainError {
  return notFound('PAYMENT_NOT_FOUND', 'There is no such payment.');
}
