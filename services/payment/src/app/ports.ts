import type { Clock, Logger, Money } from '@souk/kernel';
import type { AccountBalance, BookingKind, LedgerSide } from '../domain/ledger.ts';
import type { Operation, OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import type { Settlement } from '../domain/payment-fact.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { Movement } from '../domain/reconciliation.ts';
import type { DomainError } from '@souk/kernel';

/** A definite refusal by the provider that is no decline, in its own words. */
export interface ProviderRefusal {
  readonly outcome: 'refused';
  readonly code: string;
}

/** A page of the provider's balance transactions, oldest first. */
interface MovementPage {
  readonly movements: readonly Movement[];
  /** Where to go on; undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * A payment provider. Each operation carries an idempotency key: the same key again gives the first answer, so asking again
 * is how an unknown outcome is settled. All throw `PROVIDER_UNAVAILABLE` when the outcome is not known.
 */
export interface PaymentProvider {
  readonly name: string;
  authorize(
    key: string,
    payment: Payment,
    paymentMethod: string,
  ): Promise<
    | { readonly outcome: 'authorized'; readonly reference: string }
    | { readonly outcome: 'declined'; readonly reference: string; readonly declineCode: string }
    | ProviderRefusal
  >;
  capture(
    key: string,
    payment: Payment,
    amount: Money,
  ): Promise<{ readonly outcome: 'done' } | ProviderRefusal>;
  void(key: string, payment: Payment): Promise<{ readonly outcome: 'done' } | ProviderRefusal>;
  refund(
    key: string,
    payment: Payment,
    amount: Money,
  ): Promise<{ readonly outcome: 'done'; readonly reference: string } | ProviderRefusal>;
  /** Movements of a period, page by page. */
  listMovements(period: Period, after: string | undefined, limit: number): Promise<MovementPage>;
  /** Movements of these objects; those that the provider does not know are left out. */
  findMovements(references: readonly string[]): Promise<readonly Movement[]>;
}

/** A time span, start inclusive, end exclusive. */
interface Period {
  readonly start: Date | undefined;
  readonly end: Date;
}

/** What makes an operation once-only: the caller's request id, and a hash of the rest of the request. */
export interface OperationKey {
  readonly requestId: string;
  readonly fingerprint: string;
}

/** What became of a claim. */
export type Claim =
  /** It is ours: ask the provider, then settle or release. */
  | { readonly kind: 'granted'; readonly operation: Operation; readonly payment: Payment }
  /** The same request has ended before. */
  | { readonly kind: 'settled'; readonly outcome: OperationOutcome }
  /** The same request is being carried out. */
  | { readonly kind: 'in-flight' }
  /** Another operation of the payment is open. */
  | { readonly kind: 'busy'; readonly paymentId: string }
  /** The request id came with another request before. */
  | { readonly kind: 'reused' };

/** What an operation came to, decided on the payment as it is then. */
export interface Decision {
  readonly settlement?: Settlement;
  readonly refusal?: DomainError;
}

/** Payments, the operations on them, and the ledger: what changes together is stored together. */
export interface PaymentStore {
  /** Claims an authorisation and stores its payment. Throws `PAYMENT_EXISTS`. */
  claimAuthorization(key: OperationKey, payment: Payment, paymentMethod: string): Promise<Claim>;
  /**
   * Claims an operation on a payment. `prepare` decides on the locked payment what to ask of the provider, or that nothing
   * needs to be asked (undefined: done at once); what it throws is not stored. Throws `PAYMENT_NOT_FOUND`.
   */
  claim(
    key: OperationKey,
    kind: 'capture' | 'void' | 'refund',
    target: { readonly paymentId: string } | { readonly orderId: string },
    prepare: (payment: Payment) => OperationRequest | undefined,
  ): Promise<Claim>;
  /** Takes over open operations whose holders are gone or gave up, of one payment or of any. */
  claimStale(
    limit: number,
    paymentId?: string,
  ): Promise<readonly { operation: Operation; payment: Payment }[]>;
  /** Gives an operation back whose outcome is not known, to be asked about again from `retryTime` on. */
  release(operation: Operation, retryTime: Date): Promise<void>;
  /** Ends an operation; if somebody has ended it before, answers with what that came to. */
  settle(operation: Operation, decide: (payment: Payment) => Decision): Promise<OperationOutcome>;
  find(paymentId: string): Promise<Payment | undefined>;
  /** Newest first. */
  list(filter: { orderId: string; before: string | undefined; limit: number }): Promise<readonly Payment[]>;
}

/** Events of providers, each kept once. */
export interface ProviderEventStore {
  /** False if the event is known. */
  accept(provider: string, event: ProviderEvent): Promise<boolean>;
  /** Applies events to payments on which nothing is under way, oldest first; the number that was dealt with. */
  applyPending(
    limit: number,
    decide: (event: ProviderEvent, payment: Payment) => Settlement | undefined,
  ): Promise<number>;
}

/** One side of a booking, as stored. */
export interface LedgerEntry {
  readonly entryNumber: bigint;
  readonly transactionId: string;
  readonly kind: BookingKind;
  readonly account: string;
  readonly side: LedgerSide;
  readonly amount: Money;
  readonly paymentId: string;
  readonly orderId: string;
  readonly providerReference: string;
  readonly bookTime: Date;
}

/** The books, to be read. */
export interface Ledger {
  /** In the order of booking. */
  listEntries(filter: {
    paymentId: string;
    account: string;
    after: bigint;
    limit: number;
  }): Promise<readonly LedgerEntry[]>;
  trialBalance(): Promise<readonly AccountBalance[]>;
  /** Movements of one provider in the order of booking, after a position. */
  listMovements(
    provider: string,
    period: Period,
    after: bigint,
    limit: number,
  ): Promise<{ readonly movements: readonly Movement[]; readonly last: bigint }>;
  findMovements(provider: string, references: readonly string[]): Promise<readonly Movement[]>;
}

/** Everything that payment's use cases need. */
export interface PaymentPorts {
  readonly provider: PaymentProvider;
  readonly payments: PaymentStore;
  readonly events: ProviderEventStore;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
}
