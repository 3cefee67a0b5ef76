import { type Clock, type Logger, pause } from '@souk/kernel';
import type { OrderStore } from './ports.ts';

/** What the watch works with. */
export interface SagaWatch {
  readonly store: Pick<OrderStore, 'stuckSagas'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told how many sagas are stuck, and for how long the oldest has been under way, in seconds. */
  readonly observe: (count: number, oldestAgeS: number) => void;
}

/** Says what is stuck, again and again until the signal: in the metrics, and in the log whenever there is something. */
export async function watchSagas(watch: SagaWatch, stuckMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await lookOnce(watch, stuckMs).catch((error: unknown) => {
      watch.log.warn({ err: error }, 'cannot look for stuck sagas');
    });
    await pause(Math.max(200, stuckMs / 6), signal);
  }
}

async function lookOnce({ store, clock, log, observe }: SagaWatch, stuckMs: number): Promise<void> {
  const now = clock.now().getTime();
  const { count, oldest } = await store.stuckSagas(new Date(now - stuckMs));
  observe(count, oldest === undefined ? 0 : (now - oldest.createTime.getTime()) / 1_000);
  if (oldest === undefined) return;
  const { sagaId, orderId, kind, state, attempts, lastError } = oldest;
  log.error(
    { count, saga_id: sagaId, order_id: orderId, kind, state, attempts, error: lastError },
    'sagas are stuck; this is the oldest',
  );
}
