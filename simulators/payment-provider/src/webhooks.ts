import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import type { ProviderEvent } from './objects.ts';
import { signatureOf } from './signature.ts';

/** Sends events to the webhook. */
export interface Webhooks {
  /** Sends an event until it is accepted; returns at once. */
  send(event: ProviderEvent): void;
  /** Sends an event at once, and resolves when it was answered, whatever the answer was. */
  sendNow(event: ProviderEvent): Promise<void>;
  /** Ends all sending; what was not accepted stays undelivered. */
  close(): Promise<void>;
}

const CONCURRENCY = 32;
const TIMEOUT_MS = 10_000;
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
  // One connection for each delivery under way, kept for the next.
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let shuffled: ProviderEvent[] = [];

  async function post(event: ProviderEvent): Promise<boolean> {
    if (target === undefined) return false;
    const body = JSON.stringify(event);
    const signature = signatureOf(target.secret, body, Math.floor(Date.now() / 1000));
    return postTo(target.url, body, signature, agent, stopping.signal);
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
      const shuffle = faults.strike('shuffle_webhooks');
      if (shuffle === undefined) queue.push(event);
      else {
        shuffled.unshift(event);
        if (shuffled.length < shuffle.copies) return;
        queue.push(...shuffled);
        shuffled = [];
      }
      pump();
    },
    async sendNow(event) {
      if (target !== undefined) await deliver(event);
    },
    async close() {
      stopping.abort();
      agent.destroy();
      await Promise.all(running);
    },
  };
}

/** True if the receiver accepted. */
function postTo(
  url: string,
  body: string,
  signature: string,
  agent: Agent,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'souk-provider-signature': signature,
    };
    const sent = httpRequest(url, { method: 'POST', agent, headers, signal, timeout: TIMEOUT_MS });
    sent.on('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 300);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => {
      resolve(false);
    });
    sent.end(body);
  });
}
