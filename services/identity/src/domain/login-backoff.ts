/**
 * How attempts to sign in are slowed down. Attempts are counted before the password is looked at, so
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

const COMMON = { firstPauseMs: 1_000, longestPauseMs: 900_000, forgetAfterMs: 3_600_000 };

/**
 * What failed attempts are counted by. A pause of the pair stops one guesser; that of the place, one guesser of many
 * accounts; that of the address, many guessers of one account – but it does not apply in places where the account was
 * signed in before, so that its owner cannot be shut out by strangers.
 */
export const LOGIN_BACKOFF: Readonly<Record<'pair' | 'place' | 'address', LoginBackoff>> = {
  /** One address from one place: ten free attempts, then 1 s, 2 s, 4 s … up to 15 minutes; forgotten after an hour. */
  pair: { freeAttempts: 10, ...COMMON },
  /** All addresses from one place, which may be the exit of a whole company. */
  place: { freeAttempts: 100, ...COMMON },
  /** One address from everywhere. */
  address: { freeAttempts: 50, ...COMMON },
};

/** The pause after the n-th attempt in a row, in milliseconds. */
export function pauseAfter(attempts: number, backoff: LoginBackoff): number {
  const over = attempts - backoff.freeAttempts;
  if (over <= 0) return 0;
  return Math.min(backoff.firstPauseMs * 2 ** (over - 1), backoff.longestPauseMs);
}
