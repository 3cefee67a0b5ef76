import { describe, expect, it } from '@jest/globals';
import { LOGIN_BACKOFF, pauseAfter } from './login-backoff.ts';

describe('pauseAfter', () => {
  it('lets the first attempts through, doubles after that, and stops growing', () => {
    expect(pauseAfter(LOGIN_BACKOFF.pair.freeAttempts, LOGIN_BACKOFF.pair)).toBe(0);
    expect(pauseAfter(LOGIN_BACKOFF.pair.freeAttempts + 1, LOGIN_BACKOFF.pair)).toBe(1_000);
    expect(pauseAfter(LOGIN_BACKOFF.pair.freeAttempts + 3, LOGIN_BACKOFF.pair)).toBe(4_000);
    expect(pauseAfter(LOGIN_BACKOFF.pair.freeAttempts + 60, LOGIN_BACKOFF.pair)).toBe(900_000);
  });
});
