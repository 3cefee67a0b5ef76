import { type FraudAccuracy, FraudDecision, type FraudReport } from '@souk/gen/souk/payment/v1/fraud_pb';
import type { BacktestFraudRulesResponse } from '@souk/gen/souk/payment/v1/fraud_service_pb';

/** A back-test as a table: what was decided, what would have been, and how well the tried rules did. */
export function backtestText({ actual, tried, changes }: BacktestFraudRulesResponse): string {
  const lines = [
    row('', 'actual', 'tried'),
    row('assessed', count(actual?.assessedCount), count(tried?.assessedCount)),
    row('allowed', count(actual?.allowedCount), count(tried?.allowedCount)),
    row('reviewed', count(actual?.reviewCount), count(tried?.reviewCount)),
    row('declined', count(actual?.declinedCount), count(tried?.declinedCount)),
    row('precision', share(actual?.flagged?.precision), share(tried?.flagged?.precision)),
    row('recall', share(actual?.flagged?.recall), share(tried?.flagged?.recall)),
    '',
    'changed decisions',
    ...changes
      .filter((change) => change.actual !== change.tried)
      .map((change) => row(`${name(change.actual)} → ${name(change.tried)}`, count(change.count))),
    '',
    row('rule (tried)', 'true +', 'false +', 'precision', 'recall'),
    ...rulesOf(tried),
  ];
  return lines.join('\n');
}

function rulesOf(report: FraudReport | undefined): string[] {
  return (report?.rules ?? []).map(({ ruleId, accuracy }) => row(ruleId, ...cells(accuracy)));
}

function cells(accuracy: FraudAccuracy | undefined): string[] {
  return [
    count(accuracy?.truePositives),
    count(accuracy?.falsePositives),
    share(accuracy?.precision),
    share(accuracy?.recall),
  ];
}

const count = (value: bigint | undefined): string => (value ?? 0n).toString();
const share = (value: number | undefined): string =>
  value === undefined ? '–' : `${(value * 100).toFixed(1)} %`;
const name = (decision: FraudDecision): string => FraudDecision[decision].toLowerCase();
const row = (first: string, ...cells: readonly string[]): string =>
  [first.padEnd(24), ...cells.map((cell) => cell.padStart(12))].join('').trimEnd();
