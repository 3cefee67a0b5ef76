import { describe, expect, it } from '@jest/globals';
import { ask, begin, type Delivery, type Failure, failed, sent } from './delivery.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const LEASE_MS = 60_000;
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

const asked = ask(
  {
    id: 'd',
    eventId: 'e',
    eventType: 't',
    event: new Uint8Array(),
    template: 'welcome',
    recipient: { kind: 'account', id: 'a' },
    channel: 'email',
  },
  NOW,
);

function begun(delivery: Delivery, now = NOW): Delivery {
  const next = begin(delivery, delivery.deferrals + delivery.outages, now, LEASE_MS);
  if (typeof next === 'string') throw new Error(`the delivery is ${next}`);
  return next;
}

function failWith(kind: Failure['kind'], times: number): { delays: number[]; delivery: Delivery } {
  const delays: number[] = [];
  let delivery = asked;
  for (let attempt = 0; attempt < times; attempt++) {
    const outcome = failed(begun(delivery), { kind, reason: 'why' }, undefined, NOW);
    delivery = outcome.delivery;
    if (outcome.retryInMs === undefined) break;
    delays.push(outcome.retryInMs);
  }
  return { delays, delivery };
}

describe('an attempt', () => {
  it('keeps others away until its lease runs out', () => {
    const sending = begun(asked);
    expect(begin(sending, 0, later(LEASE_MS - 1), LEASE_MS)).toBe('busy');
    expect(begun(sending, later(LEASE_MS)).version).toBe(sending.version + 1);
  });

  it('is made once per task', () => {
    const { delivery } = failed(begun(asked), { kind: 'deferred', reason: 'later' }, 'x@y.example', NOW);
    expect(begin(delivery, 0, NOW, LEASE_MS)).toBe('settled');
    expect(begun(delivery).state).toBe('sending');
  });

  it('is not made after a success or a refusal', () => {
    const done = sent(begun(asked), 'x@y.example', NOW);
    expect(done).toMatchObject({ state: 'sent', sendTime: NOW, attempts: [{ error: '' }] });
    expect(begin(done, 0, later(1e9), LEASE_MS)).toBe('settled');
    const { delivery, delays } = failWith('refused', 1);
    expect({ state: delivery.state, delays }).toEqual({ state: 'failed', delays: [] });
    expect(begin(delivery, 0, later(1e9), LEASE_MS)).toBe('settled');
  });
});

describe('patience', () => {
  it('ends after a day and a half of deferrals, with waits that grow', () => {
    const { delays, delivery } = failWith('deferred', 100);
    expect(delivery.state).toBe('failed');
    expect(delays).toEqual(delays.toSorted((one, other) => one - other));
    const total = delays.reduce((sum, delay) => sum + delay, 0);
    expect(total).toBeGreaterThan(30 * 3_600_000);
    expect(total).toBeLessThan(40 * 3_600_000);
  });

  it('outlasts outages of two days, and keeps a bounded log of them', () => {
    const { delays, delivery } = failWith('unreachable', 10_000);
    expect(delivery.state).toBe('failed');
    expect(Math.max(...delays)).toBe(60_000);
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeGreaterThan(47 * 3_600_000);
    expect(delivery.attempts).toHaveLength(50);
  });
});
