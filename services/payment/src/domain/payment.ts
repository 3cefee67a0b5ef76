import { type DomainError, invalid, Money, precondition } from '@souk/kernel';
import { allows, type PaymentEvent, type PaymentState } from './payment-state.ts';
import { applied, requireTenders, type Share, type Tender } from './tender.ts';

/** What a payment is for. `unmatched`: money that the provider took and that belongs to no payment of ours. */
export type PaymentPurpose = 'checkout' | 'edit' | 'exchange' | 'unmatched';

/** What the fraud rules said before the provider was asked. */
export type Screening = 'allow' | 'review' | 'decline';

/** Money that was taken. */
export interface Capture {
  readonly amount: Money;
  /** The provider's id of the movement; empty if no card was charged. */
  readonly providerReference: string;
  readonly createTime: Date;
}

/** Money that went back to the payer. */
export interface Refund {
  readonly id: string;
  readonly amount: Money;
  readonly reason: string;
  /** The caller's own reference, for example a return's id. */
  readonly reference: string;
  /** The provider's id of the movement; the operation's id if no card was paid back. */
  readonly providerReference: string;
  readonly createTime: Date;
}

/** Something that the payer has to do before the money is held. */
export interface ActionRequired {
  readonly redirectUrl: string;
  /** For the provider's script in the payer's browser. Never stored: empty unless it was just told by the provider. */
  readonly clientSecret: string;
  readonly expireTime: Date;
}

/** Money for an order from one payer. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly purpose: PaymentPurpose;
  /** The caller's own reference; an order has one live payment of a purpose and reference. */
  readonly reference: string;
  readonly state: PaymentState;
  readonly amount: Money;
  readonly captured: Money;
  readonly refunded: Money;
  /** Part of the amount that was given up. */
  readonly released: Money;
  readonly tenders: readonly Tender[];
  readonly provider: string;
  /** The provider's id of the payment; empty until it has answered, and if no card is involved. */
  readonly providerReference: string;
  readonly declineCode: string;
  readonly screening: Screening;
  readonly action: ActionRequired | undefined;
  /** Oldest first. */
  readonly captures: readonly Capture[];
  /** Oldest first. */
  readonly refunds: readonly Refund[];
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What is asked of a payer. */
export interface PaymentOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly purpose: PaymentPurpose;
  readonly reference: string;
  readonly amount: Money;
  readonly tenders: readonly Tender[];
}

/** A payment that was asked for. @throws DomainError AMOUNT_INVALID unless above zero, TENDERS_INVALID. */
export function requested(order: PaymentOrder, provider: string, id: string, now: Date): Payment {
  const zero = Money.zero(order.amount.currency);
  positive(order.amount);
  requireTenders(order.amount, order.tenders);
  return {
    ...order,
    id,
    state: 'pending',
    captured: zero,
    refunded: zero,
    released: zero,
    provider,
    providerReference: '',
    declineCode: '',
    screening: 'allow',
    action: undefined,
    captures: [],
    refunds: [],
    version: 1n,
    createTime: now,
    updateTime: now,
  };
}

/** The amount is held, or put aside for a person if the fraud rules said so. */
export function authorized(payment: Payment, providerReference: string, now: Date): Payment {
  const [event, state] =
    payment.screening === 'review'
      ? (['put_aside', 'in_review'] as const)
      : (['authorize', 'authorized'] as const);
  return next(payment, event, { state, providerReference, action: undefined }, now);
}

/** The payer has to do something first. */
export function challenged(
  payment: Payment,
  providerReference: string,
  action: ActionRequired,
  now: Date,
): Payment {
  return next(payment, 'challenge', { state: 'requires_action', providerReference, action }, now);
}

/** A person let the payment go on. */
export function approved(payment: Payment, now: Date): Payment {
  return next(payment, 'approve', { state: 'authorized' }, now);
}

/** The provider, or the fraud rules, said no. */
export function declined(
  payment: Payment,
  providerReference: string,
  declineCode: string,
  now: Date,
): Payment {
  const change = { state: 'failed', providerReference, declineCode, action: undefined } as const;
  return next(payment, 'decline', { ...change, released: payment.amount }, now);
}

/** A part of the money, or what was left of it, was taken; what is not kept is given up. */
export function captured(
  payment: Payment,
  capture: Capture,
  shares: readonly Share[],
  keepRemainder: boolean,
  now: Date,
): Payment {
  const sum = payment.captured.plus(capture.amount);
  const amounts = {
    captured: sum,
    released: keepRemainder ? payment.released : payment.amount.minus(sum),
    tenders: applied(payment.tenders, shares, 'captured'),
    captures: [...payment.captures, capture],
  };
  return next(payment, 'capture', { ...amounts, state: stateOf({ ...payment, ...amounts }) }, now);
}

/** What was held and not taken was given up. */
export function voided(payment: Payment, now: Date): Payment {
  const released = payment.amount.minus(payment.captured);
  const state = payment.captured.isZero ? 'voided' : stateOf({ ...payment, released });
  return next(payment, 'void', { state, released, action: undefined }, now);
}

/** A part of the money, or what was left of it, went back. */
export function refunded(payment: Payment, refund: Refund, shares: readonly Share[], now: Date): Payment {
  const amounts = {
    refunded: payment.refunded.plus(refund.amount),
    tenders: applied(payment.tenders, shares, 'refunded'),
    refunds: [...payment.refunds, refund],
  };
  return next(payment, 'refund', { ...amounts, state: stateOf({ ...payment, ...amounts }) }, now);
}

/** The provider took money although the payment was over. */
export function takenLate(payment: Payment, capture: Capture, shares: readonly Share[], now: Date): Payment {
  const amounts = {
    captured: capture.amount,
    released: payment.amount.minus(capture.amount),
    tenders: applied(payment.tenders, shares, 'captured'),
    captures: [capture],
    // The order may have been paid anew meanwhile: this money is nobody's.
    purpose: 'unmatched',
  } as const;
  return next(payment, 'surprise', { ...amounts, state: 'captured' }, now);
}

/** What is held and neither taken nor given up. */
export function heldOf({ amount, captured: taken, released }: Payment): Money {
  return amount.minus(taken).minus(released);
}

/** What was taken and can be given back. */
export function refundableOf(payment: Payment): Money {
  return payment.captured.minus(payment.refunded);
}

/** What the amounts say of the state of a payment of which something was taken. */
function stateOf(payment: Payment): PaymentState {
  if (!heldOf(payment).isZero) return 'partially_captured';
  if (payment.refunded.isZero) return 'captured';
  return payment.refunded.equals(payment.captured) ? 'refunded' : 'partially_refunded';
}

/**
 * The amount that a capture takes: what was asked for, or all that is held.
 *
 * @throws DomainError PAYMENT_STATE_INVALID, AMOUNT_INVALID, CURRENCY_MISMATCH, CAPTURE_EXCEEDS_AUTHORIZED.
 */
export function amountToCapture(payment: Payment, asked: Money | undefined): Money {
  requireAllowed(payment, 'capture');
  const held = heldOf(payment);
  const amount = sameCurrency(payment, asked ?? held);
  if (amount.compare(held) > 0) {
    throw precondition('CAPTURE_EXCEEDS_AUTHORIZED', 'More was asked for than is authorised.', {
      metadata: { requested: amount.toString(), authorized: held.toString() },
    });
  }
  return amount;
}

/**
 * The amount that a refund gives back.
 *
 * @throws DomainError PAYMENT_STATE_INVALID, AMOUNT_INVALID, CURRENCY_MISMATCH, REFUND_EXCEEDS_CAPTURED.
 */
export function amountToRefund(payment: Payment, asked: Money): Money {
  if (payment.state !== 'refunded') requireAllowed(payment, 'refund');
  const amount = sameCurrency(payment, asked);
  if (amount.compare(refundableOf(payment)) > 0) throw refundExceedsCaptured(amount, refundableOf(payment));
  return amount;
}

/** The refusal of a refund that is above what is left. */
export function refundExceedsCaptured(amount: Money, refundable: Money): DomainError {
  return precondition('REFUND_EXCEEDS_CAPTURED', 'More was asked back than is left of the capture.', {
    metadata: { requested: amount.toString(), refundable: refundable.toString() },
  });
}

/** @throws DomainError PAYMENT_STATE_INVALID if the state machine forbids the event. */
export function requireAllowed(payment: Payment, event: PaymentEvent): void {
  if (!allows(payment, event)) throw stateInvalid(payment, event);
}

/** The refusal of an event that a payment's state forbids. */
export function stateInvalid(payment: Payment, event: PaymentEvent): DomainError {
  return precondition('PAYMENT_STATE_INVALID', `A payment that is ${payment.state} cannot ${event}.`, {
    metadata: { payment_id: payment.id, state: payment.state.toUpperCase() },
  });
}

/** The refusal of an authorisation that a void came before. */
export function authorizationVoided(): DomainError {
  return precondition('AUTHORIZATION_VOIDED', 'The authorisation was voided before it arrived.');
}

function next(payment: Payment, event: PaymentEvent, change: Partial<Payment>, now: Date): Payment {
  requireAllowed(payment, event);
  return { ...payment, ...change, version: payment.version + 1n, updateTime: now };
}

function sameCurrency(payment: Payment, amount: Money): Money {
  if (amount.currency !== payment.amount.currency) {
    throw invalid('CURRENCY_MISMATCH', `The payment is in ${payment.amount.currency}.`, {
      field: 'amount',
      metadata: { currency: payment.amount.currency },
    });
  }
  return positive(amount);
}

/** @throws DomainError AMOUNT_INVALID unless the amount is above zero. */
export function positive(amount: Money): Money {
  if (amount.isZero || amount.isNegative)
    throw invalid('AMOUNT_INVALID', 'The amount must be above zero.', { field: 'amount' });
  return amount;
}
