import type { Clock } from './clock.ts';

/** How much is kept for how long. */
export interface RecentOptions {
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** Values kept at most; the oldest goes first. */
  readonly maxEntries: number;
}

/** Reads by key that may be a moment old. */
export interface RecentReads<V> {
  /** The values of keys that have one. */
  get(keys: readonly string[]): Promise<Map<string, V>>;
  /** Forgets a value, or all of them, after its source has changed. */
  forget(key?: string): void;
}

interface Entry<V> {
  readonly readAt: number;
  /** Pending while it is being read; undefined for keys without a value. */
  readonly found: Promise<V | undefined>;
}

/**
 * Answers from what was read moments ago, and reads what several calls ask for at the same time in one go. For reads that
 * many ask for and whose source is behind the truth by moments anyway. Failures are not kept.
 */
export function recentReads<V>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  clock: Clock,
  { maxAgeMs, maxEntries }: RecentOptions,
): RecentReads<V> {
  const entries = new Map<string, Entry<V>>();
  let waiting = new Set<string>();
  let reading: Promise<ReadonlyMap<string, V>> | undefined;

  const read = (key: string): Promise<V | undefined> => {
    waiting.add(key);
    reading ??= Promise.resolve().then(() => {
      const keys = [...waiting];
      waiting = new Set();
      reading = undefined;
      return load(keys);
    });
    return reading.then((found) => found.get(key));
  };

  const recent = (key: string, now: number): Promise<V | undefined> => {
    const known = entries.get(key);
    if (known !== undefined && now - known.readAt < maxAgeMs) return known.found;
    const entry = { readAt: now, found: read(key) };
    entry.found.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    // Deleted first, so that the map's order is that of reading and the oldest is dropped.
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size > maxEntries) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
    return entry.found;
  };

  return {
    async get(keys) {
      const now = clock.now().getTime();
      const values = await Promise.all(keys.map((key) => recent(key, now)));
      const found = new Map<string, V>();
      for (const [index, key] of keys.entries()) {
        const value = values[index];
        if (value !== undefined) found.set(key, value);
      }
      return found;
    },
    forget(key) {
      if (key === undefined) entries.clear();
      else entries.delete(key);
    },
  };
}
