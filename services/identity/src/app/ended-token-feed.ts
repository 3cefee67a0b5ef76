import { type Logger, WakeUp } from '@souk/kernel';
import type { EndedTokens } from '../domain/session.ts';
import type { EndedTokenStore } from './ports.ts';

/** Told of ended tokens as they are found; with an empty list now and then to say that the search goes on. */
type Watcher = (ended: readonly EndedTokens[]) => void;

const POLL_MS = 500;

/**
 * The access tokens that end before they expire, as all replicas of identity store them. Reads the store twice a second,
 * and at once when this process has ended some; keeps what matters for those who begin to watch.
 */
export class EndedTokenFeed {
  readonly #store: EndedTokenStore;
  readonly #log: Logger;
  readonly #wakeUp = new WakeUp();
  readonly #watchers = new Set<Watcher>();
  readonly #known = new Map<string, EndedTokens>();
  #position: string | undefined;
  #readAt = 0;

  constructor(store: EndedTokenStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Whether the store was read lately, so that silence means that nothing ended. */
  isCurrent(now: number): boolean {
    return now - this.#readAt < 4 * POLL_MS;
  }

  /** Looks now: something has ended. */
  kick(): void {
    this.#wakeUp.call();
  }

  /** Tells all that matters so far, then what ends. Returns how to stop that. */
  watch(watcher: Watcher): () => void {
    watcher([...this.#known.values()]);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Reads the store until the signal aborts. Without the store it goes on trying, and tells nothing. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.kick());
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (err) {
        this.#log.warn({ err }, 'ended access tokens cannot be read');
      }
      await this.#wakeUp.sleep(POLL_MS);
    }
  }

  async #read(): Promise<void> {
    const { ended, position } = await this.#store.since(this.#position);
    this.#position = position;
    const now = Date.now();
    this.#readAt = now;
    const news = ended.filter((each) => !this.#known.has(keyOf(each)));
    for (const each of news) this.#known.set(keyOf(each), each);
    for (const [key, { expireTime }] of this.#known) if (expireTime.getTime() <= now) this.#known.delete(key);
    for (const watcher of this.#watchers) watcher(news);
  }
}

function keyOf(ended: EndedTokens): string {
  return `${ended.subjectId}/${'sessionId' in ended ? ended.sessionId : ended.minVersion}`;
}
