import { Money } from '@souk/kernel';
import { z } from 'zod';
import type { JudgedFacts, ReviewState, RiskAssessment, StoredAssessment } from '../app/fraud/ports.ts';
import type { FraudOutcome } from '../domain/fraud/accuracy.ts';
import { BLOCKABLES, type RiskFacts, type Spread } from '../domain/fraud/facts.ts';
import type { FraudDecision, Signal } from '../domain/fraud/rule-set.ts';

/** An assessment's row. */
export interface AssessmentRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly decision: FraudDecision;
  readonly score: number;
  readonly rule_set_version: number;
  readonly signals: unknown;
  readonly skipped: unknown;
  readonly facts: unknown;
  readonly review_state: ReviewState | null;
  readonly reviewer_id: string;
  readonly review_note: string;
  readonly outcome: FraudOutcome | null;
  readonly create_time: Date;
  readonly review_time: Date | null;
}

const signals: z.ZodType<Signal[]> = z.array(
  z.object({
    ruleId: z.string(),
    kind: z.enum([
      'velocity',
      'spread',
      'amount-over-history',
      'amount-over',
      'country-mismatch',
      'disposable-email',
      'blocklisted',
      'features-unavailable',
    ]),
    value: z.string(),
    threshold: z.string(),
    weight: z.number(),
  }),
);
const windows = z.object({ '10m': z.number(), '1h': z.number(), '24h': z.number() });
const spreads = {
  'accounts-per-card': z.number(),
  'cards-per-account': z.number(),
  'cards-per-device': z.number(),
} satisfies Record<Spread, z.ZodNumber>;
const features = z.object({
  velocity: z
    .object({ card: windows, account: windows, address: windows, device: windows, email: windows })
    .partial(),
  spread: z.object(spreads).partial(),
  history: z.object({ payments: z.number(), averageMinor: z.number() }),
});
const facts = z.object({
  countries: z.object({ billing: z.string(), shipping: z.string(), card: z.string() }),
  hasDisposableEmail: z.boolean(),
  blocked: z.array(z.enum(BLOCKABLES)),
  features: features.nullable(),
});

/** The columns that a new assessment sets. */
export const ASSESSMENT_COLUMNS = `payment_id, order_id, customer_id, currency, amount, decision, score,
  rule_set_version, signals, skipped, facts, review_state, reviewer_id, review_note, create_time`;

/** A new assessment for `json_populate_record`, to be stored with its payment. */
export function assessmentJson(
  payment: {
    readonly id: string;
    readonly orderId: string;
    readonly customerId: string;
    readonly createTime: Date;
  },
  { verdict, facts: known }: RiskAssessment,
): string {
  const { amount, countries, hasDisposableEmail, blocked, features: counted } = known;
  return JSON.stringify({
    payment_id: payment.id,
    order_id: payment.orderId,
    customer_id: payment.customerId,
    currency: amount.currency,
    amount: amount.minor.toString(),
    decision: verdict.decision,
    score: verdict.score,
    rule_set_version: verdict.ruleSetVersion,
    signals: verdict.signals,
    skipped: verdict.skipped,
    facts: { countries, hasDisposableEmail, blocked, features: counted ?? null },
    review_state: verdict.decision === 'review' ? 'pending' : null,
    reviewer_id: '',
    review_note: '',
    create_time: payment.createTime,
  });
}

/** Reads an assessment. */
export function toAssessment(row: AssessmentRow): StoredAssessment {
  return {
    paymentId: row.payment_id,
    orderId: row.order_id,
    customerId: row.customer_id,
    amount: Money.of(row.currency, row.amount),
    verdict: {
      decision: row.decision,
      score: row.score,
      ruleSetVersion: row.rule_set_version,
      signals: signals.parse(row.signals),
      skipped: z.array(z.string()).parse(row.skipped),
    },
    reviewState: row.review_state ?? undefined,
    reviewerId: row.reviewer_id,
    reviewNote: row.review_note,
    outcome: row.outcome ?? undefined,
    createTime: row.create_time,
    reviewTime: row.review_time ?? undefined,
  };
}

/** Reads a judged payment with its facts. A person's word counts for more than the rules': a rejected review is a decline. */
export function toJudgedFacts(row: AssessmentRow): JudgedFacts {
  const known = facts.parse(row.facts);
  const complete: RiskFacts = {
    ...known,
    amount: Money.of(row.currency, row.amount),
    features: known.features === null ? undefined : withoutUndefined(known.features),
  };
  return {
    paymentId: row.payment_id,
    decision: row.decision,
    ruleIds: signals.parse(row.signals).map(({ ruleId }) => ruleId),
    outcome: row.outcome ?? undefined,
    facts: complete,
  };
}

function withoutUndefined({
  velocity,
  spread,
  history,
}: z.output<typeof features>): NonNullable<RiskFacts['features']> {
  return { velocity: defined(velocity), spread: defined(spread), history };
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

// Optional keys that are not there must be absent, not undefined.
function defined<T extends object>(value: T): Defined<T>;
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined));
}
