import { type Clock, recentReads } from '@souk/kernel';
import type { RatingStore } from '../app/ports.ts';

/**
 * Summaries that may be as old as a second: every product page asks for one, and one review more is seen early enough.
 * A change made by this process is seen by it at once.
 */
export function recentRatings(store: RatingStore, clock: Clock): RatingStore {
  const recent = recentReads(store.find, clock, { maxAgeMs: 1_000, maxEntries: 20_000 });
  return {
    ...store,
    find: recent.get,
    async apply(productId, effect, now) {
      await store.apply(productId, effect, now);
      recent.forget(productId);
    },
    async recount(productId, mend) {
      const outcome = await store.recount(productId, mend);
      recent.forget(productId);
      return outcome;
    },
  };
}
