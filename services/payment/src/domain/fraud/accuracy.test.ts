import { describe, expect, it } from '@jest/globals';
import { FraudReportBuilder } from './accuracy.ts';

describe('FraudReportBuilder', () => {
  it('tells precision and recall of what is labelled, in all and by rule', () => {
    const builder = new FraudReportBuilder(['never']);
    builder.add({ decision: 'decline', ruleIds: ['a', 'b'], outcome: 'fraud' });
    builder.add({ decision: 'review', ruleIds: ['a'], outcome: 'legitimate' });
    builder.add({ decision: 'allow', ruleIds: [], outcome: 'fraud' });
    builder.add({ decision: 'allow', ruleIds: [], outcome: 'legitimate' });
    builder.add({ decision: 'allow', ruleIds: ['b'], outcome: undefined });
    const { counts, labelled, flagged, declined, byRule } = builder.report();
    expect(counts).toEqual({ allow: 3, review: 1, decline: 1 });
    expect(labelled).toBe(4);
    expect(flagged).toEqual({
      truePositives: 1,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      precision: 0.5,
      recall: 0.5,
    });
    expect(declined).toMatchObject({ precision: 1, recall: 0.5 });
    expect(byRule.get('b')).toMatchObject({ truePositives: 1, falsePositives: 0 });
    expect(byRule.get('never')).toMatchObject({ precision: undefined, recall: 0 });
  });
});
