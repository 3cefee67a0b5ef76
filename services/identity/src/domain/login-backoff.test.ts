import { describe, expect, it } from '@jest/globals';
import { LOGIN_BACKOFF, pauseAfter } from './login-backoff.ts';

describe('pauseAfter', () => {
  it('lets the first attempts through, doubles after that, and stops growing', () => {
    expect(pauseAfter(LOGIN_BACKOFF.freeAttempts)).toBe(0);
    expect(pauseAfter(LOGIN_BACKOFF.freeAttempts + 1)).toBe(1_000);
    expect(pauseAfter(LOGIN_BACKOFF.freeAttempts + 3)).toBe(4_000);
    expect(pauseAfter(LOGIN_BACKOFF.freeAttempts + 60)).toBe(900_000);
  });
});
