import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import {
  type Chargeback,
  type ChargebackStep,
  type DisputeNews,
  requireOpen,
  stepsOf,
} from './chargeback.ts';

const now = new Date('2026-01-02T00:00:00Z');
const amount = Money.of('GBP', 1_000);
const news = (status: DisputeNews['status']): DisputeNews => ({
  providerReference: 'dp_1',
  paymentReference: 'pi_1',
  amount,
  reason: 'fraudulent',
  status,
  evidenceDueTime: undefined,
  reinstatement: status === 'won' ? 'dpr_1' : '',
});
const known = (state: Chargeback['state'], change: Partial<Chargeback> = {}): Chargeback => ({
  id: 'c',
  paymentId: 'p',
  orderId: 'o',
  amount,
  reason: 'fraudulent',
  state,
  provider: 'simulator',
  providerReference: 'dp_1',
  evidenceDueTime: undefined,
  evidence: new Map(),
  version: 1n,
  createTime: now,
  updateTime: now,
  ...change,
});

describe('stepsOf', () => {
  it('opens once and closes once, whatever the order of the news and however often they come', () => {
    const outcome = fc.constantFrom('won' as const, 'lost' as const);
    const early = fc.array(fc.constantFrom('open' as const, 'under_review' as const));
    fc.assert(
      fc.property(outcome, early, fc.array(fc.nat({ max: 20 })), (end, before, places) => {
        // The end is told of at least once, somewhere among the others.
        const told: DisputeNews['status'][] = [...before];
        for (const place of [0, ...places]) told.splice(place % (told.length + 1), 0, end);
        let chargeback: Chargeback | undefined;
        const taken: ChargebackStep[] = [];
        for (const status of told) {
          for (const step of stepsOf(chargeback, news(status))) {
            taken.push(step);
            chargeback = known(step === 'opened' ? 'open' : step);
          }
        }
        expect(taken).toEqual(['opened', end]);
      }),
    );
  });
});

describe('requireOpen', () => {
  it('refuses evidence after the end and after its time', () => {
    expect(() => requireOpen(known('open'), now)).not.toThrow();
    expect(() => requireOpen(known('evidence_submitted'), now)).not.toThrow();
    expect(() => requireOpen(known('lost'), now)).toThrow('is lost');
    expect(() => requireOpen(known('open', { evidenceDueTime: now }), now)).toThrow('time for evidence');
  });
});
