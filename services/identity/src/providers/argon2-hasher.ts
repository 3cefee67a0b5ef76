import { hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2';
import { exhausted } from '@souk/kernel';
import pLimit from 'p-limit';
import type { PasswordHasher } from '../app/ports.ts';

/** What one hash costs and how many may be made at once. */
export interface HashingLimits {
  /** Memory in KiB. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  readonly parallelism: number;
  /** Hashes under way at a time; more than the machine has cores only starves the calls beside them. */
  readonly concurrency: number;
  /** Hashes that may wait; the next is refused. */
  readonly queue: number;
}

const BUSY_RETRY_MS = 1_000;

/**
 * argon2id on a bounded pool. A password is checked against a hash of nothing when there is none to check against, so that the
 * time taken does not tell.
 */
export async function argon2Hasher(limits: HashingLimits): Promise<PasswordHasher> {
  const { memoryCost, timeCost, parallelism } = limits;
  // The library's default algorithm is argon2id.
  const parameters = { memoryCost, timeCost, parallelism };
  const decoy = await argon2Hash(crypto.randomUUID(), parameters);
  const pool = pLimit(limits.concurrency);

  const admitted = <T>(work: () => Promise<T>): Promise<T> => {
    if (pool.pendingCount >= limits.queue)
      throw exhausted('HASHING_BUSY', 'too many passwords wait to be checked', {
        retryAfterMs: BUSY_RETRY_MS,
      });
    return pool(work);
  };

  return {
    hash: async (password) => admitted(() => argon2Hash(password.normalize('NFKC'), parameters)),
    verify: async (stored, password) => {
      const ok = await admitted(() => argon2Verify(stored ?? decoy, password.normalize('NFKC')));
      return { ok: ok && stored !== undefined, outdated: stored !== undefined && isWeaker(stored, limits) };
    },
  };
}

/** Whether an encoded hash was made with less than today's parameters. */
export function isWeaker(encoded: string, limits: Pick<HashingLimits, 'memoryCost' | 'timeCost'>): boolean {
  const parameters = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(encoded);
  if (parameters === null) return true;
  return Number(parameters[1]) < limits.memoryCost || Number(parameters[2]) < limits.timeCost;
}
