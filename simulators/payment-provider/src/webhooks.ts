import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import type { ProviderEvent } from './objects.ts';
import { signatureOf } from './signature.ts';

/** Sends events to the webhook. */
export interface Webhooks {
  /** Sends an event until it is accepted; returns at once. */
  send(event: ProviderEvent): void;
  /** Ends all sending; what was not accepted stays undelivered. */
  close(): Promise<void>;
}

const CONCURRENCY = 8;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000] as const;

/** Sends with a bounded number of requests at a time, so that a slow receiver does not make this process grow. */
export function webhookSender(
  target: { readonly url: string; readonly secret: string } | undefined,
  faults: Faults,
  onDelivered: (eventId: string) => void,
): Webhooks {
  const stopping = new AbortController();
  const queue: ProviderEvent[] = [];
  const running = new Set<Promise<void>>();

  async function post(event: ProviderEvent): Promise<boolean> {
    if (target === undefined) return false;
    const body = JSON.stringify(event);
    const signature = signatureOf(target.secret, body, Math.floor(Date.now() / 1000));
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'souk-provider-signature': signature },
        body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(10_000)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  async function deliver(event: ProviderEvent): Promise<void> {
    const held = faults.strike('hold_webhooks');
    if (held !== undefined) await sleep(held.delay_ms, undefined, { signal: stopping.signal });
    const copies = faults.strike('duplicate_webhooks')?.copies ?? 1;
    for (let copy = 0; copy < copies; copy++) {
      if (await post(event)) {
        onDelivered(event.id);
      } else {
        retryLater(event, 0);
        return;
      }
    }
  }

  // A failing receiver does not block the events behind: waiting takes none of the places.
  function retryLater(event: ProviderEvent, failures: number): void {
    const delayMs = RETRY_DELAYS_MS[failures] ?? RETRY_DELAYS_MS.at(-1);
    sleep(delayMs, undefined, { signal: stopping.signal, ref: false })
      .then(() => post(event))
      .then((accepted) => {
        if (accepted) onDelivered(event.id);
        else retryLater(event, failures + 1);
      })
      .catch(() => undefined);
  }

  function pump(): void {
    while (running.size < CONCURRENCY && !stopping.signal.aborted) {
      const event = queue.shift();
      if (event === undefined) return;
      const work = deliver(event)
        .catch(() => undefined)
        .finally(() => {
          running.delete(work);
          pump();
        });
      running.add(work);
    }
  }

  return {
    send(event) {
      if (target === undefined) return;
      queue.push(event);
      pump();
    },
    async close() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
