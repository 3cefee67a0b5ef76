import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './failure.ts';
import { UndecodableError } from './handler.ts';

/** A message that could not be handled. */
export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
}

/** How work is retried in place. */
export interface RetryPolicy {
  /** Waits between attempts; their number is the number of retries. */
  readonly delaysMs: readonly number[];
  /** Called after each wait; throws to give up without a failure (the consumer stops or lost the partition). */
  readonly checkpoint: () => Promise<void>;
  /** Called before each wait. */
  readonly onRetry: (error: unknown, attempt: number, delayMs: number) => void;
  readonly signal: AbortSignal;
}

const OUTAGE_DELAYS_MS = [100, 250, 500, 1000, 2000, 5000] as const;

/**
 * Repeats work until it succeeds (undefined) or the delays are used up (a failure). An outage does not use them up: it
 * is waited out with its own back-off.
 */
export async function retryInPlace(
  work: (attempt: number) => Promise<void>,
  policy: RetryPolicy,
): Promise<Failure | undefined> {
  let used = 0;
  let outages = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      await work(attempt);
      return undefined;
    } catch (error) {
      const delayMs = nextDelay(error);
      if (delayMs === undefined) return { error, attempts: attempt };
      policy.onRetry(error, attempt, delayMs);
      await sleep(delayMs, undefined, { signal: policy.signal });
      await policy.checkpoint();
    }
  }

  function nextDelay(error: unknown): number | undefined {
    if (error instanceof UndecodableError) return undefined;
    if (isTransient(error)) return OUTAGE_DELAYS_MS[outages++] ?? OUTAGE_DELAYS_MS.at(-1);
    return policy.delaysMs[used++];
  }
}

/** Back-off between restarts of a connection or consumer: doubling from 100 ms to 5 s, with jitter against stampedes. */
export function restartDelayMs(failures: number): number {
  const full = Math.min(5_000, 100 * 2 ** Math.min(failures, 10));
  return full / 2 + Math.random() * (full / 2);
}
