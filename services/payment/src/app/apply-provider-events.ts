import { newId, pause } from '@souk/kernel';
import { settlementOf } from '../domain/provider-event.ts';
import type { PaymentPorts } from './ports.ts';

const BATCH = 200;
const PAUSE_MS = 1_000;

/**
 * Applies what providers told, until the service stops. Apart from its reception, so that an event that overtakes the reply
 * of our own call finds that call's result first.
 */
export async function keepApplyingProviderEvents(ports: PaymentPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const applied = await ports.events.applyPending(BATCH, (event, payment) =>
      settlementOf(event, payment, newId(), ports.clock.now()),
    );
    if (applied < BATCH) await pause(PAUSE_MS, signal);
  }
}
