import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { FraudDecision } from '@souk/gen/souk/payment/v1/fraud_pb';
import { BacktestFraudRulesResponseSchema } from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { backtestText } from './report.ts';

describe('backtestText', () => {
  it('tells both decisions, what changed, and how each rule did', () => {
    const text = backtestText(
      create(BacktestFraudRulesResponseSchema, {
        actual: { assessedCount: 10n, allowedCount: 10n },
        tried: {
          assessedCount: 10n,
          allowedCount: 8n,
          reviewCount: 2n,
          flagged: { precision: 0.5, recall: 1 },
          rules: [
            { ruleId: 'card-velocity', accuracy: { truePositives: 1n, falsePositives: 1n, precision: 0.5 } },
          ],
        },
        changes: [
          { actual: FraudDecision.ALLOW, tried: FraudDecision.ALLOW, count: 8n },
          { actual: FraudDecision.ALLOW, tried: FraudDecision.REVIEW, count: 2n },
        ],
      }),
    );
    expect(text).toMatch(/^reviewed +0 +2$/m);
    expect(text).toMatch(/^precision +– +50\.0 %$/m);
    expect(text).toMatch(/^allow → review +2$/m);
    expect(text).not.toContain('allow → allow');
    expect(text).toMatch(/^card-velocity +1 +1 +50\.0 % +–$/m);
  });
});
