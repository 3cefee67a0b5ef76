import type { Redis } from 'ioredis';

type Listener = (keys: readonly string[] | 'all') => void;

/**
 * Tells all processes of a service which cached values are out of date, over Redis pub/sub. A process that was cut off
 * may have missed some and is told to forget everything when it is back.
 */
export class Invalidations {
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private readonly channel: string;
  private readonly listeners = new Map<string, Listener>();

  constructor(publisher: Redis, subscriber: Redis, prefix: string) {
    this.publisher = publisher;
    this.subscriber = subscriber;
    this.channel = `${prefix}invalidations`;
    subscriber.on('ready', () => {
      for (const listener of this.listeners.values()) listener('all');
    });
    subscriber.on('message', (_channel: string, message: string) => this.receive(message));
    // ioredis subscribes again by itself after a reconnect; the first time it must be connected.
    subscriber.once('ready', () => {
      subscriber.subscribe(this.channel).catch(() => subscriber.disconnect(true));
    });
  }

  /** Calls `listener` with the keys of `cache` that are out of date. */
  listen(cache: string, listener: Listener): void {
    this.listeners.set(cache, listener);
  }

  /** Tells every process, this one included. */
  async announce(cache: string, keys: readonly string[]): Promise<void> {
    await this.publisher.publish(this.channel, JSON.stringify([cache, ...keys]));
  }

  /** Ends the subscription. */
  close(): Promise<void> {
    this.subscriber.disconnect();
    return Promise.resolve();
  }

  private receive(message: string): void {
    const parsed: unknown = JSON.parse(message);
    if (!Array.isArray(parsed)) return;
    const [cache, ...keys] = parsed.filter((part): part is string => typeof part === 'string');
    if (cache !== undefined) this.listeners.get(cache)?.(keys);
  }
}
