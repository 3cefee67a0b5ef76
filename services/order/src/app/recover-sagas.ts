import { pause } from '@souk/kernel';
import type { OrderTransaction } from './ports.ts';
import type { SagaEngine } from './saga/saga-engine.ts';

/** Takes up sagas that a crash or a wait has left, again and again until the signal; then waits for those under way. */
export async function recoverSagas(
  sagas: SagaEngine<OrderTransaction>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const taken = await sagas.recover();
    if (taken === 0) await pause(everyMs, signal);
  }
  await sagas.stop();
}
