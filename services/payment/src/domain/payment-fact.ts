import type { Booking } from './ledger.ts';
import { bookCapture, bookRefund } from './ledger.ts';
import {
  type ActionRequired,
  approved,
  authorized,
  type Capture,
  captured,
  challenged,
  declined,
  type Payment,
  type Refund,
  refunded,
  takenLate,
  voided,
} from './payment.ts';
import { captureShares, refundShares, type Share } from './tender.ts';

/** What happened to a payment, to be told to others. */
export type PaymentFact =
  | { readonly type: 'authorized' | 'voided' | 'failed' | 'action_required'; readonly payment: Payment }
  | { readonly type: 'reviewed'; readonly payment: Payment; readonly approved: boolean }
  | { readonly type: 'captured'; readonly payment: Payment; readonly capture: Capture }
  | { readonly type: 'refunded'; readonly payment: Payment; readonly refund: Refund };

/** What a change means for the tenders: `release` gives back what was held and not taken. */
export interface TenderMovements {
  readonly kind: 'capture' | 'release' | 'refund';
  readonly shares: readonly Share[];
}

/** A change of a payment with everything that has to be stored beside it, in one transaction. */
export interface Settlement {
  readonly payment: Payment;
  readonly facts: readonly PaymentFact[];
  readonly movements: readonly TenderMovements[];
  readonly booking?: Booking;
  readonly refund?: Refund;
}

/** The provider holds the amount. */
export function settleAuthorization(before: Payment, providerReference: string, now: Date): Settlement {
  const payment = authorized(before, providerReference, now);
  // A payment that is put aside is told of when a person has decided.
  const facts = payment.state === 'authorized' ? ([{ type: 'authorized', payment }] as const) : [];
  return { payment, facts, movements: [] };
}

/** The payer has to do something first. */
export function settleChallenge(
  before: Payment,
  providerReference: string,
  action: ActionRequired,
  now: Date,
): Settlement {
  const payment = challenged(before, providerReference, action, now);
  return { payment, facts: [{ type: 'action_required', payment }], movements: [] };
}

/** A person let the payment go on. */
export function settleApproval(before: Payment, now: Date): Settlement {
  const payment = approved(before, now);
  return { payment, facts: [{ type: 'reviewed', payment, approved: true }], movements: [] };
}

/** The provider said no. */
export function settleDecline(before: Payment, reference: string, code: string, now: Date): Settlement {
  const payment = declined(before, reference, code, now);
  return { payment, facts: [{ type: 'failed', payment }], movements: [release(before)] };
}

/** Money was taken: booked. */
export function settleCapture(
  before: Payment,
  capture: Capture,
  keepRemainder: boolean,
  operationId: string,
  now: Date,
): Settlement {
  const shares = captureShares(before.tenders, capture.amount);
  const payment = captured(before, capture, shares, keepRemainder, now);
  const taken: TenderMovements = { kind: 'capture', shares };
  return {
    payment,
    facts: [{ type: 'captured', payment, capture }],
    movements: keepRemainder ? [taken] : [taken, release(payment)],
    booking: bookCapture(payment, shares, capture.providerReference, operationId),
  };
}

/** What was held and not taken was given up. */
export function settleVoid(before: Payment, now: Date): Settlement {
  const payment = voided(before, now);
  const told: PaymentFact[] = payment.state === 'voided' ? [{ type: 'voided', payment }] : [];
  if (before.state === 'in_review') told.unshift({ type: 'reviewed', payment, approved: false });
  return { payment, facts: told, movements: [release(before)] };
}

/** Money went back: booked. */
export function settleRefund(
  before: Payment,
  refund: Refund,
  now: Date,
  shares: readonly Share[] = refundShares(before.tenders, refund.amount),
): Settlement {
  const payment = refunded(before, refund, shares, now);
  return {
    payment,
    facts: payment.purpose === 'unmatched' ? [] : [{ type: 'refunded', payment, refund }],
    movements: [{ kind: 'refund', shares }],
    booking: bookRefund(payment, shares, refund.providerReference),
    refund,
  };
}

/** The provider took money of a payment that was over: booked, and to be given back. */
export function settleSurprise(before: Payment, capture: Capture, now: Date): Settlement {
  const shares = captureShares(before.tenders, capture.amount);
  const payment = takenLate(before, capture, shares, now);
  return {
    payment,
    facts: [],
    movements: [],
    booking: bookCapture(payment, shares, capture.providerReference, ''),
  };
}

function release({ tenders }: Payment): TenderMovements {
  const shares = tenders.map((it, position) => ({ position, amount: it.amount.minus(it.captured) }));
  return { kind: 'release', shares: shares.filter(({ amount }) => !amount.isZero) };
}
