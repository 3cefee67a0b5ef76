import type { Clock } from '@souk/kernel';
import type { Availability } from '../domain/availability.ts';
import type { AvailabilityView } from './ports.ts';

/** Reads availability. */
export type AvailabilityReader = Pick<AvailabilityView, 'get'>;

/** How much is kept for how long. */
export interface RecentOptions {
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** SKUs kept at most. */
  readonly maxSkus: number;
}

interface Entry {
  readonly readAt: number;
  /** Undefined while it is being read, and for SKUs that are unknown. */
  readonly found: Promise<Availability | undefined>;
}

/**
 * Answers from what was read moments ago, and reads what several calls ask for at the same time with one query. What is
 * sold is decided by the books; availability follows them within moments anyway, so a fraction of a second more is paid
 * for with nothing but a late "sold out".
 */
export function recentAvailability(
  view: AvailabilityReader,
  clock: Clock,
  { maxAgeMs, maxSkus }: RecentOptions,
): AvailabilityReader {
  const entries = new Map<string, Entry>();
  let waiting = new Set<string>();
  let reading: Promise<ReadonlyMap<string, Availability>> | undefined;

  const read = (sku: string): Promise<Availability | undefined> => {
    waiting.add(sku);
    reading ??= Promise.resolve().then(() => {
      const skus = [...waiting];
      waiting = new Set();
      reading = undefined;
      return view.get(skus);
    });
    return reading.then((found) => found.get(sku));
  };

  const recent = (sku: string, now: number): Promise<Availability | undefined> => {
    const known = entries.get(sku);
    if (known !== undefined && now - known.readAt < maxAgeMs) return known.found;
    const entry = { readAt: now, found: read(sku) };
    entry.found.catch(() => {
      if (entries.get(sku) === entry) entries.delete(sku);
    });
    // Deleted first, so that the map's order is that of reading and the oldest is dropped.
    entries.delete(sku);
    entries.set(sku, entry);
    if (entries.size > maxSkus) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
    return entry.found;
  };

  return {
    async get(skus) {
      const now = clock.now().getTime();
      const found = await Promise.all(skus.map((sku) => recent(sku, now)));
      return new Map(
        found.flatMap((availability) =>
          availability === undefined ? [] : [[availability.sku, availability]],
        ),
      );
    },
  };
}
