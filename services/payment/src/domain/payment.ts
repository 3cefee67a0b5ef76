import { type DomainError, invalid, Money, precondition } from '@souk/kernel';

/** Where a payment stands. */
export type PaymentState =
  | 'pending'
  | 'authorized'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'voided'
  | 'failed';

/** Money that went back to the payer. */
export interface Refund {
  readonly id: string;
  readonly amount: Money;
  readonly reason: string;
  /** The caller's own reference, for example a return's id. */
  readonly reference: string;
  readonly providerReference: string;
  readonly createTime: Date;
}

/** The money of one order at one provider. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly state: PaymentState;
  readonly amount: Money;
  readonly captured: Money;
  readonly refunded: Money;
  readonly provider: string;
  /** The provider's id of the payment; empty until it has answered. */
  readonly providerReference: string;
  readonly declineCode: string;
  /** Oldest first. */
  readonly refunds: readonly Refund[];
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What can happen to a payment. */
export type PaymentEvent = 'authorize' | 'decline' | 'capture' | 'void' | 'refund';

/** The state machine: what may happen in which state. Where it leads is said below, since a refund may be partial. */
const ALLOWED: Readonly<Record<PaymentEvent, readonly PaymentState[]>> = {
  authorize: ['pending'],
  decline: ['pending'],
  capture: ['authorized'],
  void: ['authorized'],
  refund: ['captured', 'partially_refunded'],
};

/** Whether the state machine lets an event happen. */
export function allows(payment: Payment, event: PaymentEvent): boolean {
  return ALLOWED[event].includes(payment.state);
}

/** A payment that was asked for. @throws DomainError AMOUNT_INVALID unless the amount is above zero. */
export function requested(
  order: { readonly orderId: string; readonly customerId: string; readonly amount: Money },
  provider: string,
  id: string,
  now: Date,
): Payment {
  const zero = Money.zero(order.amount.currency);
  return {
    ...order,
    amount: positive(order.amount),
    id,
    state: 'pending',
    captured: zero,
    refunded: zero,
    provider,
    providerReference: '',
    declineCode: '',
    refunds: [],
    version: 1n,
    createTime: now,
    updateTime: now,
  };
}

/** The provider holds the amount. */
export function authorized(payment: Payment, providerReference: string, now: Date): Payment {
  return next(payment, 'authorize', { state: 'authorized', providerReference }, now);
}

/** The provider said no. */
export function declined(
  payment: Payment,
  providerReference: string,
  declineCode: string,
  now: Date,
): Payment {
  return next(payment, 'decline', { state: 'failed', providerReference, declineCode }, now);
}

/** The money was taken. */
export function captured(payment: Payment, amount: Money, now: Date): Payment {
  return next(payment, 'capture', { state: 'captured', captured: amount }, now);
}

/** The authorisation was given up. */
export function voided(payment: Payment, now: Date): Payment {
  return next(payment, 'void', { state: 'voided' }, now);
}

/** A part of the money, or what was left of it, went back. */
export function refunded(payment: Payment, refund: Refund, now: Date): Payment {
  const sum = payment.refunded.plus(refund.amount);
  const state = sum.equals(payment.captured) ? 'refunded' : 'partially_refunded';
  return next(payment, 'refund', { state, refunded: sum, refunds: [...payment.refunds, refund] }, now);
}

/**
 * The amount that a capture takes: what was asked for, or all that is held.
 *
 * @throws DomainError PAYMENT_STATE_INVALID, AMOUNT_INVALID, CURRENCY_MISMATCH, CAPTURE_EXCEEDS_AUTHORIZED.
 */
export function amountToCapture(payment: Payment, asked: Money | undefined): Money {
  requireAllowed(payment, 'capture');
  const amount = sameCurrency(payment, asked ?? payment.amount);
  if (amount.compare(payment.amount) > 0) {
    throw precondition('CAPTURE_EXCEEDS_AUTHORIZED', 'More was asked for than is authorised.', {
      metadata: { requested: amount.toString(), authorized: payment.amount.toString() },
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
  const refundable = payment.captured.minus(payment.refunded);
  if (amount.compare(refundable) > 0) {
    throw precondition('REFUND_EXCEEDS_CAPTURED', 'More was asked back than is left of the capture.', {
      metadata: { requested: amount.toString(), refundable: refundable.toString() },
    });
  }
  return amount;
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

function positive(amount: Money): Money {
  if (amount.isZero || amount.isNegative)
    throw invalid('AMOUNT_INVALID', 'The amount must be above zero.', { field: 'amount' });
  return amount;
}
