import { invalid } from '@souk/kernel';
import type { RiskFacts } from './facts.ts';
import { examine, type Rule, type RuleCondition } from './rule.ts';

/** What is done about an attempt to pay. */
export type FraudDecision = 'allow' | 'review' | 'decline';

/** Rules with the scores from which an attempt is looked at by a person, or declined. */
export interface RuleBook {
  readonly reviewScore: number;
  readonly declineScore: number;
  readonly rules: readonly Rule[];
}

/** A rule book with its number. Versions are never changed, only superseded. */
export interface RuleSet extends RuleBook {
  readonly version: number;
}

/** A rule that held: which, on what value, against what threshold, with what weight. */
export interface Signal {
  readonly ruleId: string;
  readonly kind: RuleCondition['kind'];
  readonly value: string;
  readonly threshold: string;
  readonly weight: number;
}

/** A decision with everything that led to it. */
export interface Verdict {
  readonly decision: FraudDecision;
  /** Sum of the weights of the rules that held. */
  readonly score: number;
  readonly ruleSetVersion: number;
  readonly signals: readonly Signal[];
  /** Rules that could not be looked at, because what they look at is not known. */
  readonly skipped: readonly string[];
}

/** The most rules that a set may have. */
const MAX_RULES = 100;

/** Applies every rule of a set; the order of the rules has no influence. */
export function judge(ruleSet: RuleSet, facts: RiskFacts): Verdict {
  const signals: Signal[] = [];
  const skipped: string[] = [];
  let score = 0;
  for (const { id, weight, condition } of ruleSet.rules) {
    const finding = examine(condition, facts);
    if (finding === undefined) skipped.push(id);
    else if (finding.holds) {
      const { value, threshold } = finding;
      signals.push({ ruleId: id, kind: condition.kind, value, threshold, weight });
      score += weight;
    }
  }
  const { reviewScore, declineScore, version: ruleSetVersion } = ruleSet;
  const decision = score >= declineScore ? 'decline' : score >= reviewScore ? 'review' : 'allow';
  return { decision, score, ruleSetVersion, signals, skipped };
}

/** @throws DomainError RULE_SET_INVALID if thresholds or rules contradict themselves. */
export function checkRuleBook({ reviewScore, declineScore, rules }: RuleBook): void {
  if (reviewScore < 1 || declineScore < reviewScore)
    throw ruleSetInvalid('The decline score must not be below the review score.', 'decline_score');
  if (rules.length > MAX_RULES) throw ruleSetInvalid('There are too many rules.', 'rules');
  const ids = new Set(rules.map(({ id }) => id));
  if (ids.size !== rules.length) throw ruleSetInvalid('Two rules have the same id.', 'rules');
}

function ruleSetInvalid(message: string, field: string): Error {
  return invalid('RULE_SET_INVALID', message, { field });
}
