import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { DEFAULT_RULES } from './default-rules.ts';
import type { Features, RiskFacts } from './facts.ts';
import { checkRuleBook, judge, type RuleSet } from './rule-set.ts';

const quiet: Features = {
  velocity: { account: { '10m': 1, '1h': 1, '24h': 1 } },
  spread: {},
  history: { payments: 0, averageMinor: 0 },
};
const facts = (change: Partial<RiskFacts> = {}): RiskFacts => ({
  amount: Money.of('GBP', 1_000),
  countries: { billing: 'GB', shipping: 'GB', card: '' },
  hasDisposableEmail: false,
  blocked: [],
  features: quiet,
  ...change,
});

describe('judge', () => {
  it('allows what is ordinary, and says which rules it could not look at', () => {
    const verdict = judge(DEFAULT_RULES, facts());
    expect(verdict).toMatchObject({ decision: 'allow', score: 0, signals: [], ruleSetVersion: 1 });
    expect(verdict.skipped).toContain('card-velocity');
    expect(verdict.skipped).toContain('foreign-card');
  });

  it('declines what is on a blocklist and names the entry', () => {
    expect(judge(DEFAULT_RULES, facts({ blocked: ['email'] }))).toMatchObject({
      decision: 'decline',
      signals: [{ ruleId: 'blocklist', kind: 'blocklisted', value: 'email', weight: 100 }],
    });
  });

  it('explains each rule that held by value, threshold and weight', () => {
    const features: Features = {
      velocity: { card: { '10m': 6, '1h': 6, '24h': 6 } },
      spread: { 'cards-per-account': 5 },
      history: { payments: 3, averageMinor: 100 },
    };
    expect(judge(DEFAULT_RULES, facts({ features }))).toMatchObject({
      decision: 'review',
      score: 90,
      signals: [
        { ruleId: 'card-velocity', value: '6', threshold: '5', weight: 40 },
        { ruleId: 'many-cards', value: '5', threshold: '4', weight: 35 },
        { ruleId: 'unusual-amount', value: '1000', threshold: '500', weight: 15 },
      ],
    });
  });

  it('lets shoppers through when the counters are away, a little more warily', () => {
    const away = judge(DEFAULT_RULES, facts({ features: undefined }));
    expect(away).toMatchObject({ decision: 'allow', score: 10 });
    const suspicious = facts({
      features: undefined,
      hasDisposableEmail: true,
      countries: { billing: 'GB', shipping: 'FR', card: 'US' },
    });
    expect(judge(DEFAULT_RULES, suspicious)).toMatchObject({ decision: 'allow', score: 60 });
  });

  it('scores the same whatever the order of the rules, and never less for one rule more', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 50 }), (all, count) => {
        const rules = all.map((weight, index) => ({
          id: `rule-${index}`,
          weight,
          condition: { kind: 'velocity', dimension: 'account', window: '1h', limit: index } as const,
        }));
        const set: RuleSet = { version: 2, reviewScore: 50, declineScore: 90, rules };
        const counted = facts({
          features: { ...quiet, velocity: { account: { '10m': 0, '1h': count, '24h': count } } },
        });
        const verdict = judge(set, counted);
        const reversed = judge({ ...set, rules: rules.toReversed() }, counted);
        expect([reversed.score, reversed.decision]).toEqual([verdict.score, verdict.decision]);
        expect(verdict.score).toBe(verdict.signals.reduce((sum, { weight }) => sum + weight, 0));
        expect(judge({ ...set, rules: rules.slice(1) }, counted).score).toBeLessThanOrEqual(verdict.score);
      }),
    );
  });
});

describe('checkRuleBook', () => {
  it('accepts the default rules and refuses contradictions', () => {
    expect(() => checkRuleBook(DEFAULT_RULES)).not.toThrow();
    expect(() => checkRuleBook({ ...DEFAULT_RULES, declineScore: 69 })).toThrow('must not be below');
    const [first] = DEFAULT_RULES.rules;
    const twice = first === undefined ? [] : [first, first];
    expect(() => checkRuleBook({ ...DEFAULT_RULES, rules: twice })).toThrow('same id');
  });
});
