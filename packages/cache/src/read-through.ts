import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from '@souk/kernel';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { type Codec, fromStored, TOMBSTONE, toStored } from './codec.ts';
import type { Invalidations } from './invalidations.ts';
import { readRecorder } from './metrics.ts';
import { reachable } from './reachable.ts';
import { defineScript, runScript } from './script.ts';

/** How values are loaded and how long they are kept. */
export interface ReadThroughOptions<T> {
  /** Name of the cache within the service; part of the keys and label of the metrics. */
  readonly name: string;
  /** Reads values at their source, all in one go. Keys without a value are left out of the answer. */
  readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  /** How values are stored in Redis. */
  readonly codec: Codec<T>;
  /** How long Redis keeps a value, in milliseconds. */
  readonly ttlMs: number;
  /** How long this process keeps a value, in milliseconds: the longest a lost invalidation can go unnoticed here. */
  readonly localTtlMs: number;
  /** How many values this process keeps. */
  readonly localEntries: number;
}

interface Held<T> {
  readonly value: T | undefined;
}

/** A load under way. Values of keys that are invalidated meanwhile are answered but not kept. */
interface Flight<T> {
  readonly values: Promise<ReadonlyMap<string, T>>;
  readonly outdated: Set<string>;
}

/** How long a tombstone keeps stale values out: longer than any load takes. */
const TOMBSTONE_MS = 5_000;
/** That a key has no value is kept for a short time only, in milliseconds. */
const ABSENT_MS = 2_000;
/** After a failure Redis is left alone for this long, so that a stalled server costs one timeout and not one per call. */
const RESPITE_MS = 1_000;

const fill = defineScript(`
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[1] then
    redis.call('SET', KEYS[i], ARGV[2 * i], 'PX', ARGV[2 * i + 1])
  end
end
return 1`);

/**
 * Reads values through this process and Redis: each key is loaded once at a time per process, however many ask for it, and
 * all misses of a call in one load. While Redis is away values come from the source, kept in this process only.
 */
export class ReadThrough<T> {
  private readonly redis: Redis;
  private readonly log: Logger;
  private readonly invalidations: Invalidations;
  private readonly options: ReadThroughOptions<T>;
  private readonly local: LRUCache<string, Held<T>>;
  private readonly flights = new Map<string, Flight<T>>();
  /** Loads serve all who wait: they run outside the call that happened to come first, whose end must not end them. */
  private readonly detached = AsyncLocalStorage.snapshot();
  private readonly count: ReturnType<typeof readRecorder>;
  private respiteUntil = 0;

  constructor(redis: Redis, log: Logger, invalidations: Invalidations, options: ReadThroughOptions<T>) {
    this.redis = redis;
    this.log = log;
    this.invalidations = invalidations;
    this.options = options;
    this.count = readRecorder(options.name);
    this.local = new LRUCache({ max: options.localEntries, ttl: options.localTtlMs });
    invalidations.listen(options.name, (keys) => this.forget(keys));
  }

  /** Reads one value; undefined when the source has none. */
  async get(key: string): Promise<T | undefined> {
    const held = this.local.get(key);
    if (held === undefined) return (await this.getMany([key])).get(key);
    this.count('process');
    return held.value;
  }

  /** Reads values with at most one load. Keys without a value are left out of the answer. */
  async getMany(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    const missing: string[] = [];
    const joined: { key: string; flight: Flight<T> }[] = [];
    for (const key of new Set(keys)) {
      const held = this.local.get(key);
      const flight = held === undefined ? this.flights.get(key) : undefined;
      if (held !== undefined) {
        if (held.value !== undefined) found.set(key, held.value);
        this.count('process');
      } else if (flight !== undefined) joined.push({ key, flight });
      else missing.push(key);
    }
    if (missing.length > 0) {
      const flight = this.takeOff(missing);
      for (const key of missing) joined.push({ key, flight });
    }
    const landed = await Promise.all(joined.map(async ({ flight }) => await flight.values));
    for (const [index, { key }] of joined.entries()) {
      const value = landed[index]?.get(key);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  /**
   * Forgets values everywhere after their source changed; to be called after the change is committed.
   *
   * @throws DomainError `REDIS_UNAVAILABLE` when Redis does not answer: old values may then live on for `ttlMs`, so call it
   * again, for example from the consumer of the fact that tells of the change.
   */
  async invalidate(keys: readonly string[]): Promise<void> {
    this.forget(keys);
    const names = keys.map((key) => this.nameOf(key));
    await reachable(
      Promise.all([
        ...names.map((name) => this.redis.set(name, TOMBSTONE, 'PX', TOMBSTONE_MS)),
        this.invalidations.announce(this.options.name, keys),
      ]),
    );
  }

  private forget(keys: readonly string[] | 'all'): void {
    if (keys === 'all') this.local.clear();
    for (const key of keys === 'all' ? [...this.flights.keys()] : keys) {
      this.local.delete(key);
      this.flights.get(key)?.outdated.add(key);
      this.flights.delete(key);
    }
  }

  private takeOff(keys: readonly string[]): Flight<T> {
    const outdated = new Set<string>();
    const values = this.detached(async () => await this.fetch(keys, outdated)).finally(() => {
      for (const key of keys) if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    const flight: Flight<T> = { values, outdated };
    for (const key of keys) this.flights.set(key, flight);
    return flight;
  }

  private async fetch(
    keys: readonly string[],
    outdated: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, T>> {
    const values = new Map<string, T>();
    const keep = (key: string, value: T | undefined): void => {
      if (value !== undefined) values.set(key, value);
      if (outdated.has(key)) return;
      this.local.set(
        key,
        { value },
        value === undefined ? { ttl: Math.min(ABSENT_MS, this.options.localTtlMs) } : {},
      );
    };
    const stored = await this.readRedis(keys);
    const missing: string[] = [];
    for (const [index, key] of keys.entries()) {
      const held = fromStored(this.options.codec, stored[index]);
      if (held === undefined) missing.push(key);
      else keep(key, held.value);
    }
    this.count('redis', keys.length - missing.length);
    if (missing.length === 0) return values;
    this.count('source', missing.length);
    const loaded = await this.options.load(missing);
    for (const key of missing) keep(key, loaded.get(key));
    this.fillRedis(missing.map((key) => ({ key, value: loaded.get(key) })));
    return values;
  }

  private async readRedis(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (Date.now() < this.respiteUntil) return [];
    try {
      return await this.redis.mgetBuffer(...keys.map((key) => this.nameOf(key)));
    } catch (error) {
      this.giveRespite(error);
      return [];
    }
  }

  /** Not awaited by readers: they have their values already. */
  private fillRedis(entries: readonly { key: string; value: T | undefined }[]): void {
    if (Date.now() < this.respiteUntil) return;
    const args = entries.flatMap(({ value }) => [
      toStored(this.options.codec, value),
      value === undefined ? ABSENT_MS : this.options.ttlMs,
    ]);
    const keys = entries.map(({ key }) => this.nameOf(key));
    runScript(this.redis, fill, keys, [TOMBSTONE, ...args]).catch((error: unknown) =>
      this.giveRespite(error),
    );
  }

  private giveRespite(error: unknown): void {
    this.respiteUntil = Date.now() + RESPITE_MS;
    this.log.warn({ err: error, cache: this.options.name }, 'cache: going without redis for a moment');
  }

  private nameOf(key: string): string {
    return `${this.options.name}:${key}`;
  }
}
