import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@souk/kernel';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** A loop that runs until its signal aborts. */
export type Work = (signal: AbortSignal) => Promise<void>;

/**
 * Runs background work for the life of the service. Work that throws is started again after a growing delay; work that
 * returns is done.
 *
 * @returns a function that stops the work and waits for it.
 */
export function startWorker(log: Logger, name: string, work: Work): () => Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = (): boolean => signal.aborted;

  const run = async (): Promise<void> => {
    let delay = FIRST_DELAY_MS;
    while (!stopped()) {
      const startedAt = Date.now();
      try {
        await work(signal);
        return;
      } catch (err) {
        if (stopped()) return;
        if (Date.now() - startedAt > LONGEST_DELAY_MS) delay = FIRST_DELAY_MS;
        log.warn({ err, worker: name, retry_ms: delay }, 'a worker failed and will start again');
        await sleep(delay, undefined, { signal }).catch(() => undefined);
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      }
    }
  };

  const running = run();
  return async () => {
    controller.abort();
    await running;
  };
}
