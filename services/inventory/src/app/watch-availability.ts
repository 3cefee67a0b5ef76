import type { Clock } from '@souk/kernel';
import type { Availability } from '../domain/availability.ts';
import type { AvailabilityFeed } from './availability-feed.ts';
import type { AvailabilityView } from './ports.ts';

/** Why a watch ended. */
export type WatchEnd = 'server-stopping' | 'lifetime-reached' | 'source-unavailable';

/** What a watcher sees. */
export type WatchEvent =
  | { readonly type: 'snapshot'; readonly availabilities: readonly Availability[] }
  | { readonly type: 'change'; readonly availability: Availability }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'end'; readonly reason: WatchEnd };

/** How long things take in a watch, in milliseconds. */
export interface WatchTimes {
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
}

/** What a watch needs. */
export interface WatchPorts {
  readonly view: AvailabilityView;
  readonly feed: AvailabilityFeed;
  readonly clock: Clock;
  readonly times: WatchTimes;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
}

/**
 * Watches some SKUs: a snapshot of what is newer than `seen`, then changes, heartbeats, and at last why it ended.
 *
 * `seen` holds the versions that the watcher has and is kept up to date: it is the resume token's content. A slow
 * watcher gets the newest state of each SKU; no more than that is ever kept for it.
 */
export async function* watchAvailability(
  ports: WatchPorts,
  skus: readonly string[],
  seen: Map<string, bigint>,
  cancelled: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const pending = new Map<string, Availability>();
  let ended: WatchEnd | undefined;
  let wake = (): void => undefined;
  const isNewer = ({ sku, version }: Availability): boolean => version > (seen.get(sku) ?? 0n);
  const finish = (reason: WatchEnd): void => {
    ended ??= reason;
    wake();
  };
  const stop = (): void => {
    finish('server-stopping');
  };
  const unsubscribe = ports.feed.subscribe({
    skus,
    changed: (availability) => {
      if (!isNewer(availability)) return;
      pending.set(availability.sku, availability);
      wake();
    },
    failed: () => {
      finish('source-unavailable');
    },
  });
  const lifetime = setTimeout(() => {
    finish('lifetime-reached');
  }, ports.times.lifetimeMs);
  ports.stopping.addEventListener('abort', stop, { once: true });
  if (ports.stopping.aborted) stop();
  const onCancel = (): void => {
    wake();
  };
  cancelled.addEventListener('abort', onCancel, { once: true });
  try {
    const found = await ports.view.get(skus);
    const availabilities = [...found.values()].filter(isNewer);
    for (const { sku, version } of availabilities) seen.set(sku, version);
    yield { type: 'snapshot', availabilities };
    while (!cancelled.aborted) {
      for (const [sku, availability] of pending) {
        pending.delete(sku);
        if (!isNewer(availability)) continue;
        seen.set(sku, availability.version);
        yield { type: 'change', availability };
      }
      if (ended !== undefined) {
        yield { type: 'end', reason: ended };
        return;
      }
      const isQuiet = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(resolve, ports.times.heartbeatMs, true);
        wake = (): void => {
          clearTimeout(timer);
          resolve(false);
        };
        // What came while the watcher was busy must not wait for the next change.
        if (pending.size > 0 || ended !== undefined || cancelled.aborted) wake();
      });
      if (isQuiet) yield { type: 'heartbeat' };
    }
  } finally {
    unsubscribe();
    clearTimeout(lifetime);
    ports.stopping.removeEventListener('abort', stop);
    cancelled.removeEventListener('abort', onCancel);
  }
}
