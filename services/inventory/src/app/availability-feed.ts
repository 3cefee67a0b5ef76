import { type Logger, pause } from '@souk/kernel';
import type { Availability } from '../domain/availability.ts';
import type { AvailabilityView } from './ports.ts';

const POLL_MS = 200;
const CHUNK = 500;
/** Looks that may fail in a row before watchers are told; about three seconds. */
const FAILURES = 15;

/** What a subscriber is told. */
export interface FeedSubscriber {
  readonly skus: readonly string[];
  /** The SKU's state now; called again whenever its version has grown, and for every SKU in the beginning. */
  changed(availability: Availability): void;
  /** The read model can't be read. */
  failed(): void;
}

/**
 * Looks at the read model several times a second for all watchers of this process together: its cost follows the
 * number of SKUs watched, not of watchers, and it works the same whichever replica projected a change. Nobody watching
 * costs nothing.
 */
export class AvailabilityFeed {
  readonly #view: AvailabilityView;
  readonly #log: Logger;
  readonly #subscribers = new Set<FeedSubscriber>();

  constructor(view: AvailabilityView, log: Logger) {
    this.#view = view;
    this.#log = log;
  }

  /** Adds a subscriber. Returns how to remove it. */
  subscribe(subscriber: FeedSubscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#look();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#log.warn({ err: error, failures }, 'availability cannot be read for watchers');
        if (failures % FAILURES === 0) for (const subscriber of [...this.#subscribers]) subscriber.failed();
      }
      await pause(POLL_MS, signal);
    }
  }

  async #look(): Promise<void> {
    const subscribers = [...this.#subscribers];
    const skus = [...new Set(subscribers.flatMap((subscriber) => subscriber.skus))];
    for (let start = 0; start < skus.length; start += CHUNK) {
      const found = await this.#view.get(skus.slice(start, start + CHUNK));
      for (const subscriber of subscribers) {
        for (const sku of subscriber.skus) {
          const availability = found.get(sku);
          if (availability !== undefined) subscriber.changed(availability);
        }
      }
    }
  }
}
