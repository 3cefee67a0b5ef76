import { type Cache, defineScript } from '@souk/cache';
import type { Clock, Logger } from '@souk/kernel';
import type { GuessLimit } from '../app/stored-value/ports.ts';

/** Wrong codes that one principal may try in an hour. */
const MAX_GUESSES = 10;
const WINDOW_MS = 3_600_000;
/** Wrong codes that this process takes in an hour from everybody together while Redis is away. */
const MAX_WITHOUT_REDIS = 100;

const COUNT = defineScript(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
`);

/**
 * Counts wrong codes in Redis. While Redis is away this process allows a few in all: codes are far too long to be found by
 * so many tries, and honest payers are not locked out.
 */
export function redisGuessLimit(cache: Cache, clock: Clock, log: Logger): GuessLimit {
  let local = { count: 0, until: 0 };
  const keyOf = (principalId: string): string => `gift-card-guesses:${principalId}`;
  return {
    async isExceeded(principalId) {
      try {
        return Number(await cache.redis.get(keyOf(principalId))) >= MAX_GUESSES;
      } catch (err) {
        log.warn({ err }, 'tries of gift card codes are counted by this process: Redis does not answer');
        return clock.now().getTime() < local.until && local.count >= MAX_WITHOUT_REDIS;
      }
    },
    async failed(principalId) {
      const now = clock.now().getTime();
      if (now >= local.until) local = { count: 0, until: now + WINDOW_MS };
      local.count += 1;
      await cache.run(COUNT, [keyOf(principalId)], [WINDOW_MS]).catch(() => undefined);
    },
  };
}
