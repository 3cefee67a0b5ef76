import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait, and how often to look. */
export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/**
 * Waits until `attempt` stops throwing, and gives its value; rethrows its last error when time is up. For what happens
 * soon but not at once: an event arriving, an index refreshing.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 100 }: Patience = {},
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await sleep(everyMs);
    }
  }
}
