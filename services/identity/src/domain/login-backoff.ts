/**
 * How attempts to sign in to one address are slowed down. Attempts are counted before the password is looked at, so
 * that many at once count as many; a success forgets them all.
 */
export interface LoginBackoff {
  /** Attempts that are answered at once. */
  readonly freeAttempts: number;
  /** The pause after the first attempt over that; each further one doubles it. */
  readonly firstPauseMs: number;
  /** The longest pause. */
  readonly longestPauseMs: number;
  /** After how long without an attempt all is forgotten. */
  readonly forgetAfterMs: number;
}

/** Ten free attempts, then 1 s, 2 s, 4 s … up to 15 minutes; forgotten after an hour. */
export const LOGIN_BACKOFF: LoginBackoff = {
  freeAttempts: 10,
  firstPauseMs: 1_000,
  longestPauseMs: 900_000,
  forgetAfterMs: 3_600_000,
};

/** The pause after the n-th attempt in a row, in milliseconds. */
export function pauseAfter(attempts: number, backoff: LoginBackoff = LOGIN_BACKOFF): number {
  const over = attempts - backoff.freeAttempts;
  if (over <= 0) return 0;
  return Math.min(backoff.firstPauseMs * 2 ** (over - 1), backoff.longestPauseMs);
}
