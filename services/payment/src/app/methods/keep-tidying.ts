import { pause } from '@souk/kernel';
import { finishForgetting } from './manage-methods.ts';
import type { MethodPorts } from './ports.ts';
import { finishSaving } from './save-method.ts';

const BATCH = 20;
const PAUSE_MS = 5_000;

/** Finishes once what crashes and lost replies left open; the number that was tried. */
async function tidyMethods(ports: MethodPorts): Promise<number> {
  const { savings, forgettings } = await ports.methods.takeStale(BATCH);
  const work = [
    ...savings.map((it) => finishSaving(ports, it)),
    ...forgettings.map((it) => finishForgetting(ports, it)),
  ];
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'fulfilled') continue;
    const err: unknown = result.reason;
    ports.log.warn({ err }, 'a payment method is tidied up later');
  }
  return work.length;
}

/** Does so until the service stops. */
export async function keepTidyingMethods(ports: MethodPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const tried = await tidyMethods(ports);
    if (tried < BATCH) await pause(PAUSE_MS, signal);
  }
}
