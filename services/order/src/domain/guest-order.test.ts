import { describe, expect, it } from '@jest/globals';
import { attachTo, emailKey } from './guest-order.ts';
import { sampleOrder } from './order.fixture.ts';

const now = new Date('2026-03-01T12:00:00Z');
const accountId = '0195f000-0000-7000-8000-000000000001';

describe('a guest order', () => {
  it('becomes an account’s once, and its history says so', () => {
    const order = { ...sampleOrder([]), state: 'confirmed', customer: { id: 'g', kind: 'guest' } } as const;
    const attached = attachTo(order, accountId, now);
    expect(attached).toMatchObject({
      customer: { id: accountId, kind: 'account' },
      version: order.version + 1,
      state: 'confirmed',
    });
    expect(attached.history.at(-1)).toMatchObject({
      machine: 'order',
      from: 'confirmed',
      to: 'confirmed',
      actor: 'system',
      reason: 'ATTACHED_TO_ACCOUNT',
      time: now,
    });
    expect(attachTo(attached, 'another', now)).toBe(attached);
  });

  it('stays where it is when nothing was sold', () => {
    for (const state of ['rejected', 'expired'] as const) {
      const order = { ...sampleOrder([]), state, customer: { id: 'g', kind: 'guest' } } as const;
      expect(attachTo(order, accountId, now)).toBe(order);
    }
  });

  it('is found by an address in any case, width or frame of blanks', () => {
    expect(emailKey(' ＡDA@Example.ORG ')).toBe('ada@example.org');
  });
});
