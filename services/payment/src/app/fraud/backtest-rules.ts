import { type FraudReport, FraudReportBuilder } from '../../domain/fraud/accuracy.ts';
import { type FraudDecision, judge, type RuleBook } from '../../domain/fraud/rule-set.ts';
import { rulesToTry } from './manage-rules.ts';
import type { FraudPeriod, FraudPorts, JudgedFacts } from './ports.ts';

const PAGE = 1_000;

/** How decisions would have differed. */
export interface BacktestResult {
  readonly actual: FraudReport;
  readonly tried: FraudReport;
  /** Counts of attempts by both decisions; no entry where there were none. */
  readonly changes: readonly { actual: FraudDecision; tried: FraudDecision; count: number }[];
}

/**
 * Judges past attempts again with other rules, by the facts that were known then.
 *
 * @throws DomainError FRAUD_RULE_SET_NOT_FOUND, RULE_SET_INVALID.
 */
export async function backtestRules(
  ports: FraudPorts,
  rules: number | RuleBook,
  period: FraudPeriod,
): Promise<BacktestResult> {
  const ruleSet = await rulesToTry(ports, rules);
  const actual = new FraudReportBuilder();
  const tried = new FraudReportBuilder(ruleSet.rules.map(({ id }) => id));
  const changes = new Map<string, { actual: FraudDecision; tried: FraudDecision; count: number }>();
  for await (const then of judged(ports, period)) {
    const now = judge(ruleSet, then.facts);
    actual.add(then);
    tried.add({
      decision: now.decision,
      ruleIds: now.signals.map(({ ruleId }) => ruleId),
      outcome: then.outcome,
    });
    const key = `${then.decision} ${now.decision}`;
    const seen = changes.get(key) ?? { actual: then.decision, tried: now.decision, count: 0 };
    changes.set(key, { ...seen, count: seen.count + 1 });
  }
  return { actual: actual.report(), tried: tried.report(), changes: [...changes.values()] };
}

/** What came of a period's judgements. */
export async function fraudReport(ports: FraudPorts, period: FraudPeriod): Promise<FraudReport> {
  const builder = new FraudReportBuilder();
  for await (const one of judged(ports, period)) builder.add(one);
  return builder.report();
}

async function* judged({ assessments }: FraudPorts, period: FraudPeriod): AsyncGenerator<JudgedFacts> {
  for (let after: string | undefined; ; ) {
    const page = await assessments.scan(period, after, PAGE);
    yield* page;
    after = page.at(-1)?.paymentId;
    if (page.length < PAGE) return;
  }
}
