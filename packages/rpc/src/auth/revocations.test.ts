import { describe, expect, it } from '@jest/globals';
import { Revocations } from './revocations.ts';

const subjectId = 'ada';
const ended = (what: { sessionId?: string; minVersion?: number; expiresAt?: number }) => ({
  subjectId,
  sessionId: '',
  minVersion: 0,
  expiresAt: 1_000,
  ...what,
});

describe('revocations', () => {
  it('end one session, or everything below a version, and nobody else', () => {
    const revocations = new Revocations(1_000, 0);
    revocations.hear([ended({ sessionId: 'phone' }), ended({ minVersion: 3 })], 0);
    expect(revocations.has(subjectId, 'phone', 9)).toBe(true);
    expect(revocations.has(subjectId, 'laptop', 2)).toBe(true);
    expect(revocations.has(subjectId, 'laptop', 3)).toBe(false);
    expect(revocations.has('bob', 'phone', 0)).toBe(false);
  });

  it('may come again and out of order', () => {
    const revocations = new Revocations(1_000, 0);
    revocations.hear([ended({ minVersion: 5 }), ended({ minVersion: 3 }), ended({ minVersion: 5 })], 0);
    expect(revocations.has(subjectId, undefined, 4)).toBe(true);
    expect(revocations.has(subjectId, undefined, 5)).toBe(false);
  });

  it('are forgotten when the tokens have expired by themselves', () => {
    const revocations = new Revocations(1_000, 0);
    revocations.hear([ended({ sessionId: 'phone' }), ended({ sessionId: 'tv', expiresAt: 200_000 })], 0);
    revocations.hear([], 100_000);
    expect(revocations.has(subjectId, 'phone', 0)).toBe(false);
    expect(revocations.has(subjectId, 'tv', 0)).toBe(true);
  });

  it('are stale after silence, until something is heard', () => {
    const revocations = new Revocations(1_000, 0);
    expect(revocations.isStale(1_000)).toBe(false);
    expect(revocations.isStale(1_001)).toBe(true);
    revocations.hear([], 1_001);
    expect(revocations.isStale(2_001)).toBe(false);
  });
});
