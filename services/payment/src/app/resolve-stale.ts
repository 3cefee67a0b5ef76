import { pause } from '@souk/kernel';
import { perform } from './perform.ts';
import type { PaymentPorts } from './ports.ts';

const BATCH = 20;
const PAUSE_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;

/**
 * Settles operations whose outcome is not known, by asking the provider again under the same key. Answers how many ended.
 */
export async function resolveStale(ports: PaymentPorts, limit: number, paymentId?: string): Promise<number> {
  const { payments, clock, log } = ports;
  const open = await payments.claimStale(limit, paymentId);
  const ended = await Promise.all(
    open.map(async ({ operation, payment }) => {
      try {
        const outcome = await perform(ports, operation, payment);
        log.info(
          { paymentId: payment.id, operation: operation.request.kind, outcome: outcome.kind },
          'an operation with an unknown outcome was settled',
        );
        return 1;
      } catch (err) {
        const backOffMs = Math.min(500 * 2 ** operation.attempts, LONGEST_BACK_OFF_MS);
        log.warn({ err, paymentId: payment.id, backOffMs }, 'the outcome of an operation is still not known');
        await payments.release(operation, new Date(clock.now().getTime() + backOffMs));
        return 0;
      }
    }),
  );
  return ended.reduce<number>((sum, one) => sum + one, 0);
}

/** Settles what crashes and lost replies leave open, until the service stops. */
export async function keepResolving(ports: PaymentPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ended = await resolveStale(ports, BATCH);
    if (ended < BATCH) await pause(PAUSE_MS, signal);
  }
}
