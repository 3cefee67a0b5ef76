import type { Booking } from './ledger.ts';
import { bookCapture, bookRefund } from './ledger.ts';
import type { Money } from '@souk/kernel';
import { authorized, captured, declined, type Payment, type Refund, refunded, voided } from './payment.ts';

/** What happened to a payment, to be told to others. */
export type PaymentFact =
  | { readonly type: 'authorized' | 'captured' | 'voided' | 'failed'; readonly payment: Payment }
  | { readonly type: 'refunded'; readonly payment: Payment; readonly refund: Refund };

/** A change of a payment with everything that has to be stored beside it, in one transaction. */
export interface Settlement {
  readonly payment: Payment;
  readonly fact?: PaymentFact;
  readonly booking?: Booking;
  readonly refund?: Refund;
}

/** The provider holds the amount. */
export function settleAuthorization(before: Payment, providerReference: string, now: Date): Settlement {
  const payment = authorized(before, providerReference, now);
  return { payment, fact: { type: 'authorized', payment } };
}

/** The provider said no. */
export function settleDecline(before: Payment, reference: string, code: string, now: Date): Settlement {
  const payment = declined(before, reference, code, now);
  return { payment, fact: { type: 'failed', payment } };
}

/** The money was taken: booked. */
export function settleCapture(before: Payment, amount: Money, now: Date): Settlement {
  const payment = captured(before, amount, now);
  return {
    payment,
    fact: { type: 'captured', payment },
    booking: bookCapture(amount, payment.providerReference),
  };
}

/** The authorisation was given up. */
export function settleVoid(before: Payment, now: Date): Settlement {
  const payment = voided(before, now);
  return { payment, fact: { type: 'voided', payment } };
}

/** Money went back: booked. */
export function settleRefund(before: Payment, refund: Refund, now: Date): Settlement {
  const payment = refunded(before, refund, now);
  return {
    payment,
    fact: { type: 'refunded', payment, refund },
    booking: bookRefund(refund.amount, refund.providerReference),
    refund,
  };
}
