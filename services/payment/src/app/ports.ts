import type { Clock, DomainError, Logger, Money } from '@souk/kernel';
import type { AccountBalance, BookingKind, LedgerSide } from '../domain/ledger.ts';
import type { Operation, OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { RefundPart } from '../domain/order-refund.ts';
import type { Payer } from '../domain/fraud/attempt.ts';
import type { ActionRequired, Payment, Refund } from '../domain/payment.ts';
import type { Settlement } from '../domain/payment-fact.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { Movement } from '../domain/reconciliation.ts';
import type { RiskAssessment, StoredAssessment } from './fraud/ports.ts';

/** A definite refusal by the provider that is no decline, in its own words. */
export interface ProviderRefusal {
  readonly outcome: 'refused';
  readonly code: string;
}

/** A page of the provider's balance transactions. */
interface MovementPage {
  readonly movements: readonly Movement[];
  /** Where to go on; undefined on the last page. */
  readonly next: string | undefined;
}

/** What came of an authorisation. */
export type AuthorizationAnswer =
  | { readonly outcome: 'authorized'; readonly reference: string }
  | { readonly outcome: 'challenged'; readonly reference: string; readonly action: ActionRequired }
  | { readonly outcome: 'declined'; readonly reference: string; readonly declineCode: string }
  | ProviderRefusal;

/**
 * A payment provider. Each operation carries an idempotency key: the same key again gives the first answer, so asking again
 * is how an unknown outcome is settled. All throw `PROVIDER_UNAVAILABLE` when the outcome is not known.
 */
export interface PaymentProvider {
  readonly name: string;
  authorize(
    key: string,
    payment: Payment,
    amount: Money,
    paymentMethod: string,
  ): Promise<AuthorizationAnswer>;
  /** `reference` is the provider's id of the movement. */
  capture(
    key: string,
    payment: Payment,
    amount: Money,
    keepRemainder: boolean,
  ): Promise<{ readonly outcome: 'done'; readonly reference: string } | ProviderRefusal>;
  void(key: string, payment: Payment): Promise<{ readonly outcome: 'done' } | ProviderRefusal>;
  /** `reference` is the provider's id of the refund. */
  refund(
    key: string,
    payment: Payment,
    amount: Money,
  ): Promise<{ readonly outcome: 'done'; readonly reference: string } | ProviderRefusal>;
  /** Where a payment that waits for its payer stands, as if an event had told it. */
  lookUp(payment: Payment): Promise<{ readonly event: ProviderEvent; readonly action?: ActionRequired }>;
  /** Movements of a period, page by page. */
  listMovements(period: Period, after: string | undefined, limit: number): Promise<MovementPage>;
  /** Movements of these objects; those that the provider does not know are left out. */
  findMovements(references: readonly string[]): Promise<readonly Movement[]>;
}

/** A time span, start inclusive, end exclusive. */
export interface Period {
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

/** What draws on each tender, by its place; known while it is claimed and never stored. */
export type TenderCodes = ReadonlyMap<number, string>;

/** What a void is for: a payment, an order's checkout, or what one AuthorizePayment call makes. */
export type VoidTarget =
  | { readonly paymentId: string }
  | { readonly orderId: string }
  | { readonly authorizationRequestId: string };

/** Payments, the operations on them, and the ledger: what changes together is stored together. */
export interface PaymentStore {
  /**
   * Claims an authorisation and stores its payment with what was thought of it. Throws `PAYMENT_EXISTS`, `AUTHORIZATION_VOIDED`, and what the keepers of
   * gift cards and store credit refuse with.
   */
  claimAuthorization(
    key: OperationKey,
    payment: Payment,
    paymentMethod: string,
    codes: TenderCodes,
    assessment: RiskAssessment,
  ): Promise<Claim>;
  /**
   * Claims an operation on a payment. `prepare` decides on the payment what to ask of the provider, or that nothing needs to
   * be asked (undefined: done at once); it may be called more than once, and what it throws is not stored. Throws
   * `PAYMENT_NOT_FOUND`.
   */
  claim(
    key: OperationKey,
    kind: 'capture' | 'void' | 'refund',
    target: VoidTarget,
    prepare: (payment: Payment) => OperationRequest | undefined,
  ): Promise<Claim>;
  /** Forbids authorisations for a target from now on. */
  forbid(target: VoidTarget): Promise<void>;
  /** Takes over open operations whose holders are gone or gave up, of one payment or of any. */
  claimStale(
    limit: number,
    paymentId?: string,
  ): Promise<readonly { operation: Operation; payment: Payment }[]>;
  /** Gives an operation back whose outcome is not known, to be asked about again from `retryTime` on. */
  release(operation: Operation, retryTime: Date): Promise<void>;
  /** Ends an operation; if somebody has ended it before, answers with what that came to. */
  settle(
    operation: Operation,
    payment: Payment,
    decide: (payment: Payment) => Decision,
  ): Promise<OperationOutcome>;
  /**
   * Changes a payment on which nothing is under way without asking the provider; answers with it as it is then. `decide`
   * gives undefined if nothing is to change. Throws `PAYMENT_NOT_FOUND`, `OPERATION_IN_FLIGHT`.
   */
  change(paymentId: string, decide: (payment: Payment) => Settlement | undefined): Promise<Payment>;
  /** Stores money that belongs to no payment of ours as one; false if it is known. */
  adopt(settlement: Settlement): Promise<boolean>;
  find(paymentId: string): Promise<Payment | undefined>;
  /** Newest first. */
  list(filter: { orderId: string; before: string | undefined; limit: number }): Promise<readonly Payment[]>;
  /** Payments whose money has to go back and was not tried to, and those that wait too long for their payer. */
  listDue(now: Date, limit: number): Promise<readonly Payment[]>;
}

/** A refund of an order, fixed before the first payment gives anything back. */
export interface RefundPlan {
  readonly parts: readonly RefundPart[];
  readonly reason: string;
  readonly reference: string;
}

/** What became of the claim of an order's refund. */
export type PlanClaim =
  | { readonly kind: 'open'; readonly requestId: string; readonly plan: RefundPlan }
  | { readonly kind: 'ended'; readonly outcome: RefundPlanOutcome }
  | { readonly kind: 'reused' }
  /** Another refund of the order is under way. */
  | { readonly kind: 'busy' };

/** How an order's refund ended. */
export type RefundPlanOutcome =
  | { readonly kind: 'done'; readonly refunds: readonly PaidBack[] }
  | { readonly kind: 'refused'; readonly refusal: DomainError };

/** A refund with its payment. */
export interface PaidBack {
  readonly paymentId: string;
  readonly refund: Refund;
}

/** Refunds of orders, each with its plan. */
export interface RefundPlans {
  /** `plan` is called with the order's payments, locked. What it throws is not stored. */
  claim(
    key: OperationKey,
    orderId: string,
    plan: (payments: readonly Payment[]) => RefundPlan,
  ): Promise<PlanClaim>;
  end(requestId: string, outcome: RefundPlanOutcome): Promise<void>;
  /** Those that somebody began and nobody ended for a while. */
  takeStale(limit: number): Promise<readonly { requestId: string; plan: RefundPlan }[]>;
}

/** Events of providers, each kept once. */
export interface ProviderEventStore {
  /** Keeps an event, together with those that come at about the same time. False if it is known or tells nothing new. */
  accept(provider: string, event: ProviderEvent): Promise<boolean>;
  /** Applies events to payments on which nothing is under way, oldest first; the number that was dealt with. */
  applyPending(
    limit: number,
    decide: (event: ProviderEvent, payment: Payment) => Settlement | undefined,
  ): Promise<number>;
  /** Events that came before a time and belong to no payment of ours. */
  listStrays(provider: string, before: Date, limit: number): Promise<readonly ProviderEvent[]>;
  /** Ends an event that nothing more is to be done about. */
  markDone(provider: string, eventId: string): Promise<void>;
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

/** A card that is to pay, as far as it is known before the provider is asked. */
export interface CardMeans {
  /** What the provider charges: a one-time token or a saved method's reference. Empty if no card is involved. */
  readonly token: string;
  /** Tells this card from others; empty where it is not known. */
  readonly fingerprint: string;
  /** Where it was issued; empty where it is not known. */
  readonly country: string;
  /** What people see of it; may be empty. */
  readonly label: string;
}

/** Knows the cards that tenders name. */
export interface CardWallet {
  /** The card of a one-time token. */
  cardOf(token: string): CardMeans;
  /** A card that the customer has saved. Throws `PAYMENT_METHOD_NOT_FOUND`, also for another's. */
  savedCard(customerId: string, savedMethodId: string): Promise<CardMeans>;
}

/** Judges attempts to pay before the provider is asked. */
export interface FraudScreen {
  /** Never fails: what cannot be looked at is left out. */
  screen(payment: Payment, requestId: string, card: CardMeans, payer: Payer): Promise<RiskAssessment>;
  /** What was thought of a payment. */
  find(paymentId: string): Promise<StoredAssessment | undefined>;
  /** Remembers a captured payment as part of its customer's history, in the background. */
  captured(payment: Payment): void;
}

/** Everything that payment's use cases need. */
export interface PaymentPorts {
  readonly provider: PaymentProvider;
  readonly payments: PaymentStore;
  readonly refundPlans: RefundPlans;
  readonly events: ProviderEventStore;
  readonly ledger: Ledger;
  readonly fraud: FraudScreen;
  readonly cards: CardWallet;
  readonly clock: Clock;
  readonly log: Logger;
}
