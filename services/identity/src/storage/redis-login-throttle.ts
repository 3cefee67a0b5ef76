import { createHash } from 'node:crypto';
import { type Cache, defineScript } from '@souk/cache';
import type { Logger } from '@souk/kernel';
import type { LoginThrottle } from '../app/ports.ts';
import { LOGIN_BACKOFF, pauseAfter } from '../domain/login-backoff.ts';

/**
 * Counts an attempt unless a pause is running, and starts the pause that belongs to the new count.
 * The pauses come as arguments, one per count from the first that has any; the last one stays.
 */
const ATTEMPT = defineScript(`
  local now, free, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local until_ms = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
  if until_ms > now then return until_ms - now end
  local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
  if count > free then
    local pause = ARGV[math.min(3 + count - free, #ARGV)]
    redis.call('HSET', KEYS[1], 'until', now + tonumber(pause))
  end
  redis.call('PEXPIRE', KEYS[1], ttl)
  return 0
`);

/**
 * The throttle in Redis. When Redis is away attempts are let through: the edge's limit on credentials remains, and nobody is
 * locked out by an outage.
 */
export function redisLoginThrottle(cache: Cache, log: Logger): LoginThrottle {
  const pauses = allPauses();
  return {
    async attempt(emailKey, now) {
      const { freeAttempts, forgetAfterMs } = LOGIN_BACKOFF;
      try {
        const waitMs = await cache.run(
          ATTEMPT,
          [keyOf(emailKey)],
          [now.getTime(), freeAttempts, forgetAfterMs, ...pauses],
        );
        return Number(waitMs);
      } catch (err) {
        log.warn({ err }, 'the login throttle is off: Redis does not answer');
        return 0;
      }
    },
    async succeeded(emailKey) {
      try {
        await cache.redis.del(keyOf(emailKey));
      } catch (err) {
        log.warn({ err }, 'the login throttle could not be reset: Redis does not answer');
      }
    },
  };
}

/** The address itself is not written to Redis. */
function keyOf(emailKey: string): string {
  return `login:${createHash('sha256').update(emailKey).digest('base64url')}`;
}

function allPauses(): number[] {
  const pauses: number[] = [];
  for (
    let attempts = LOGIN_BACKOFF.freeAttempts + 1;
    pauses.at(-1) !== LOGIN_BACKOFF.longestPauseMs;
    attempts++
  )
    pauses.push(pauseAfter(attempts));
  return pauses;
}
