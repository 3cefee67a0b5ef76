import type { Clock, Logger, Money } from '@souk/kernel';
import type { PaymentAttempt, Subjects } from '../../domain/fraud/attempt.ts';
import type { FraudOutcome, JudgedPayment } from '../../domain/fraud/accuracy.ts';
import type { Blockable, Features, RiskFacts } from '../../domain/fraud/facts.ts';
import type { RuleBook, RuleSet, Verdict } from '../../domain/fraud/rule-set.ts';

/** What was thought of a payment before anybody was asked for money. */
export interface RiskAssessment {
  readonly verdict: Verdict;
  readonly facts: RiskFacts;
}

/** Counts attempts. */
export interface FraudCounters {
  /**
   * Counts an attempt, once per request id, and tells what has been counted: one round trip. Undefined when the counters do
   * not answer; then nobody waits for them.
   */
  observe(attempt: PaymentAttempt, subjects: Subjects, now: Date): Promise<Features | undefined>;
  /** Remembers a captured payment as part of its customer's history; in the background, once per payment, at best effort. */
  learn(payment: { readonly paymentId: string; readonly customerId: string; readonly captured: Money }): void;
}

/** The rules and blocklists in force, at hand in memory. */
export interface RulesInForce {
  current(): { readonly ruleSet: RuleSet; isBlocked(kind: Blockable, pseudonym: string): boolean };
  /** Reads them anew, after a change. */
  refresh(): Promise<void>;
}

/** Where a review stands. */
export type ReviewState = 'pending' | 'approved' | 'rejected';

/** An assessment as it is kept. */
export interface StoredAssessment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: Money;
  readonly verdict: Verdict;
  readonly reviewState: ReviewState | undefined;
  readonly reviewerId: string;
  readonly reviewNote: string;
  readonly outcome: FraudOutcome | undefined;
  readonly createTime: Date;
  readonly reviewTime: Date | undefined;
}

/** A version of the rules as it is kept. */
export interface StoredRuleSet extends RuleSet {
  readonly note: string;
  readonly isActive: boolean;
  readonly authorId: string;
  readonly createTime: Date;
}

/** An entry of a blocklist as it is kept. */
export interface BlocklistEntry {
  readonly id: string;
  readonly kind: Blockable;
  readonly pseudonym: string;
  readonly maskedValue: string;
  readonly reason: string;
  readonly authorId: string;
  readonly createTime: Date;
  readonly expireTime: Date | undefined;
}

/** A judged payment with the facts that it was judged by. */
export interface JudgedFacts extends JudgedPayment {
  readonly paymentId: string;
  readonly facts: RiskFacts;
}

/** A span of time; start inclusive, end exclusive. */
export interface FraudPeriod {
  readonly start: Date | undefined;
  readonly end: Date | undefined;
}

/** Assessments. */
export interface AssessmentStore {
  find(paymentId: string): Promise<StoredAssessment | undefined>;
  /** Oldest first; pending ones only as long as their payment can be decided on. */
  listReviews(filter: {
    state: ReviewState;
    after: string | undefined;
    limit: number;
  }): Promise<readonly StoredAssessment[]>;
  /** Ends a review that is pending; an ended one stays as it is. Undefined if there is no such assessment. */
  decide(
    paymentId: string,
    state: ReviewState,
    reviewerId: string,
    note: string,
    now: Date,
  ): Promise<StoredAssessment | undefined>;
  /** Undefined if there is no such assessment. */
  setOutcome(paymentId: string, outcome: FraudOutcome | undefined): Promise<StoredAssessment | undefined>;
  /** All of a period, oldest first, page by page. */
  scan(period: FraudPeriod, after: string | undefined, limit: number): Promise<readonly JudgedFacts[]>;
}

/** Versions of the rules. */
export interface RuleSetStore {
  /** Adds the next version, once per request id. Throws `REQUEST_ID_REUSED`. */
  create(
    key: { readonly requestId: string; readonly fingerprint: string },
    book: RuleBook & { readonly note: string },
    authorId: string,
  ): Promise<StoredRuleSet>;
  /** Undefined if there is no such version. */
  activate(version: number): Promise<StoredRuleSet | undefined>;
  /** Version 0 is the active one. */
  find(version: number): Promise<StoredRuleSet | undefined>;
  /** Newest first. */
  list(before: number | undefined, limit: number): Promise<readonly StoredRuleSet[]>;
}

/** Blocklists. */
export interface BlocklistStore {
  put(entry: BlocklistEntry): Promise<BlocklistEntry>;
  /** False if there is no such entry. */
  remove(entryId: string): Promise<boolean>;
  /** Newest first, without those that have ended. */
  list(before: string | undefined, limit: number): Promise<readonly BlocklistEntry[]>;
}

/** Everything that judging needs. */
export interface FraudPorts {
  readonly counters: FraudCounters;
  readonly rules: RulesInForce;
  /** A keyed hash of a value, so that no store holds the value itself. */
  readonly pseudonym: (kind: Blockable, value: string) => string;
  readonly assessments: AssessmentStore;
  readonly ruleSets: RuleSetStore;
  readonly blocklist: BlocklistStore;
  readonly clock: Clock;
  readonly log: Logger;
}
