import { createHash } from 'node:crypto';
import { type Cache, defineScript } from '@souk/cache';
import type { Logger } from '@souk/kernel';
import { z } from 'zod';
import type { LoginThrottle } from '../app/ports.ts';
import { LOGIN_BACKOFF, pauseAfter } from '../domain/login-backoff.ts';

type Counter = keyof typeof LOGIN_BACKOFF;

/**
 * Looks whether a pause is running, counts the attempt if none is, and starts the pauses that belong to the new counts:
 * one step, so that many attempts at once count as many. Keys are the counters: pair, place and address.
 * Arguments are the time, whether the place is known for the address, how long counts are kept, and for each counter how
 * many attempts are free; then the pauses, one per count from the first that has any. The last one stays.
 * Answers how long to wait, and 1 if only the address's pause stands in the way.
 */
const ATTEMPT = defineScript(`
  local now, known, ttl = tonumber(ARGV[1]), ARGV[2] == '1', tonumber(ARGV[3])
  local function left(key)
    return math.max(0, tonumber(redis.call('HGET', key, 'until') or '0') - now)
  end
  local near = math.max(left(KEYS[1]), left(KEYS[2]))
  if near > 0 then return {near, 0} end
  local far = left(KEYS[3])
  if far > 0 and not known then return {far, 1} end
  for index, key in ipairs(KEYS) do
    local free = tonumber(ARGV[3 + index])
    local count = redis.call('HINCRBY', key, 'count', 1)
    if count > free then
      local pause = ARGV[math.min(6 + count - free, #ARGV)]
      redis.call('HSET', key, 'until', now + tonumber(pause))
    end
    redis.call('PEXPIRE', key, ttl)
  end
  return {0, 0}
`);

/** Takes a success back out of the place's count; the others are forgotten. */
const SUCCEEDED = defineScript(`
  redis.call('DEL', KEYS[1], KEYS[3])
  if redis.call('HINCRBY', KEYS[2], 'count', -1) <= 0 then redis.call('DEL', KEYS[2]) end
  return 0
`);

/**
 * The throttle in Redis. When Redis is away attempts are let through: the edge's limit on credentials remains, and nobody is
 * locked out by an outage.
 */
export function redisLoginThrottle(cache: Cache, log: Logger, placeFreeAttempts: number): LoginThrottle {
  const { pair, address } = LOGIN_BACKOFF;
  const free = [pair.freeAttempts, placeFreeAttempts, address.freeAttempts];
  const pauses = allPauses();
  const attemptAt = async (keys: string[], now: Date, known: boolean): Promise<[number, boolean]> => {
    const args = [now.getTime(), known ? 1 : 0, pair.forgetAfterMs, ...free, ...pauses];
    const [waitMs, isFar] = z.tuple([z.number(), z.number()]).parse(await cache.run(ATTEMPT, keys, args));
    return [waitMs, isFar === 1];
  };
  return {
    async attempt(emailKey, from, now, knowsPlace) {
      const keys = keysOf(emailKey, from);
      try {
        const [waitMs, isFar] = await attemptAt(keys, now, false);
        if (!isFar || !(await knowsPlace())) return waitMs;
        return (await attemptAt(keys, now, true))[0];
      } catch (err) {
        log.warn({ err }, 'the login throttle is off: Redis does not answer');
        return 0;
      }
    },
    async succeeded(emailKey, from) {
      try {
        await cache.run(SUCCEEDED, keysOf(emailKey, from), []);
      } catch (err) {
        log.warn({ err }, 'the login throttle could not be reset: Redis does not answer');
      }
    },
  };
}

/** Neither e-mail nor network addresses are written to Redis. Calls from within the mesh have a place of their own each. */
function keysOf(emailKey: string, place: string): string[] {
  const keyOf = (counter: Counter, text: string): string =>
    `login:${counter}:${createHash('sha256').update(text).digest('base64url')}`;
  const from = place === '' ? `nowhere ${emailKey}` : place;
  return [keyOf('pair', `${emailKey} ${place}`), keyOf('place', from), keyOf('address', emailKey)];
}

function allPauses(): number[] {
  const { pair } = LOGIN_BACKOFF;
  const pauses: number[] = [];
  for (let attempts = pair.freeAttempts + 1; pauses.at(-1) !== pair.longestPauseMs; attempts++)
    pauses.push(pauseAfter(attempts, pair));
  return pauses;
}
