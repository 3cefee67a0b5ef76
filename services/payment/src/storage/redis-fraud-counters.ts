import { type Cache, defineScript } from '@souk/cache';
import type { Logger } from '@souk/kernel';
import { z } from 'zod';
import type { FraudCounters } from '../app/fraud/ports.ts';
import type { PaymentAttempt, Subjects } from '../domain/fraud/attempt.ts';
import { DIMENSIONS, type Dimension, type Features, type Spread, WINDOW_MS } from '../domain/fraud/facts.ts';

/** Longest that a payer waits for the counters. */
const PATIENCE_MS = 250;
/** Pause after they have not answered, so that only one payer in a while waits in vain. */
const REST_MS = 500;
/** How long a customer's history is kept after the last payment: 400 days. */
const HISTORY_MS = 400 * 86_400_000;

/**
 * Counts an attempt by each key and tells the counts. Sets are bounded by a day and by their 501 newest members; the member
 * of a velocity set is the request id, so a repeated call counts once. The keys share a hash tag: one node, one round trip.
 *
 * KEYS: the history, velocity sets, spread sets. ARGV: 1 now, 2 request id, 3 number of velocity sets, 4 currency, 5 and 6
 * the shorter windows, 7 the day, then the members of the spread sets.
 * Replies payments and sum of the history, then three counts per velocity set, then one per spread set.
 */
const OBSERVE = defineScript(`
local now, day = tonumber(ARGV[1]), tonumber(ARGV[7])
local velocities = tonumber(ARGV[3])
local reply = redis.call('HMGET', KEYS[1], ARGV[4] .. ':n', ARGV[4] .. ':sum')
local function bounded(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - day)
  redis.call('ZREMRANGEBYRANK', key, 0, -502)
  redis.call('PEXPIRE', key, day)
end
for i = 2, velocities + 1 do
  redis.call('ZADD', KEYS[i], 'NX', now, ARGV[2])
  bounded(KEYS[i])
  table.insert(reply, redis.call('ZCOUNT', KEYS[i], '(' .. (now - tonumber(ARGV[5])), '+inf'))
  table.insert(reply, redis.call('ZCOUNT', KEYS[i], '(' .. (now - tonumber(ARGV[6])), '+inf'))
  table.insert(reply, redis.call('ZCARD', KEYS[i]))
end
for i = velocities + 2, #KEYS do
  redis.call('ZADD', KEYS[i], now, ARGV[6 + i - velocities])
  bounded(KEYS[i])
  table.insert(reply, redis.call('ZCARD', KEYS[i]))
end
reply[1] = reply[1] or '0'
reply[2] = reply[2] or '0'
return reply
`);

/**
 * Adds a payment to its customer's history, once. An old history is halved, so that it follows the customer.
 * KEYS: the history, a mark of the payment. ARGV: currency, amount, lifetime of the history, of the mark.
 */
const LEARN = defineScript(`
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[4]) then return 0 end
local payments = redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':n', 1)
local sum = redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':sum', ARGV[2])
if payments >= 1000 then
  redis.call('HSET', KEYS[1], ARGV[1] .. ':n', 500, ARGV[1] .. ':sum', string.format('%.0f', sum / 2))
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const replies = z.array(z.coerce.number());

/**
 * Counters in Redis. A helper that may be away: then attempts are judged without counts (the rules may weigh that), payers
 * wait at most {@link PATIENCE_MS} for it and, after that, not at all for a moment.
 */
export function redisFraudCounters(cache: Cache, log: Logger): FraudCounters {
  let restingUntil = 0;
  return {
    async observe(attempt, subjects, now) {
      if (now.getTime() < restingUntil) return undefined;
      const { velocities, spreads } = keysOf(subjects);
      try {
        const asked = cache.run(
          OBSERVE,
          [
            historyKey(attempt.customerId),
            ...velocities.map(([, key]) => key),
            ...spreads.map(([, key]) => key),
          ],
          [
            now.getTime(),
            attempt.requestId,
            velocities.length,
            attempt.amount.currency,
            WINDOW_MS['10m'],
            WINDOW_MS['1h'],
            WINDOW_MS['24h'],
            ...spreads.map(([, , member]) => member),
          ],
        );
        const counts = replies.parse(await inTime(asked));
        return featuresOf(counts, velocities, spreads);
      } catch (err) {
        restingUntil = now.getTime() + REST_MS;
        log.warn({ err }, 'payments are judged without counters: Redis does not answer');
        return undefined;
      }
    },

    learn({ paymentId, customerId, captured }) {
      cache
        .run(
          LEARN,
          [historyKey(customerId), `{fraud}:learnt:${paymentId}`],
          [captured.currency, captured.minor.toString(), HISTORY_MS, WINDOW_MS['24h']],
        )
        .catch((err: unknown) => {
          log.debug({ err, paymentId }, 'a payment is missing in its customer’s history');
        });
    },
  };
}

type Velocity = readonly [Dimension, string];
type SpreadSet = readonly [Spread, key: string, member: string];

function keysOf(subjects: Subjects): { velocities: readonly Velocity[]; spreads: readonly SpreadSet[] } {
  const velocities = DIMENSIONS.filter((it) => subjects[it] !== '').map(
    (it): Velocity => [it, `{fraud}:${it}:${subjects[it]}`],
  );
  const { card, account, device } = subjects;
  const all: readonly SpreadSet[] = [
    ['accounts-per-card', card, account],
    ['cards-per-account', account, card],
    ['cards-per-device', device, card],
  ];
  const spreads = all
    .filter(([, key, member]) => key !== '' && member !== '')
    .map(([spread, key, member]): SpreadSet => [spread, `{fraud}:${spread}:${key}`, member]);
  return { velocities, spreads };
}

const historyKey = (customerId: PaymentAttempt['customerId']): string => `{fraud}:history:${customerId}`;

function featuresOf(
  counts: readonly number[],
  velocities: readonly Velocity[],
  spreads: readonly SpreadSet[],
): Features {
  const at = (index: number): number => counts[index] ?? 0;
  const payments = at(0);
  const firstSpread = 2 + 3 * velocities.length;
  return {
    history: { payments, averageMinor: payments === 0 ? 0 : Math.round(at(1) / payments) },
    velocity: Object.fromEntries(
      velocities.map(([dimension], index) => {
        const first = 2 + 3 * index;
        return [dimension, { '10m': at(first), '1h': at(first + 1), '24h': at(first + 2) }];
      }),
    ),
    spread: Object.fromEntries(spreads.map(([spread], index) => [spread, at(firstSpread + index)])),
  };
}

async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the counters took too long'));
    }, PATIENCE_MS);
  });
  // An answer that comes too late, or fails, is nobody's concern any more.
  asked.catch(() => undefined);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
