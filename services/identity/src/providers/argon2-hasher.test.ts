import { describe, expect, it } from '@jest/globals';
import { argon2Hasher, isWeaker } from './argon2-hasher.ts';

const limits = { memoryCost: 19_456, timeCost: 2, parallelism: 1, concurrency: 1, queue: 2 };

describe('argon2Hasher', () => {
  it('makes argon2id hashes with the given parameters and checks them', async () => {
    const hasher = await argon2Hasher(limits);
    const hash = await hasher.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(hash, 'correct horse')).toEqual({ ok: true, outdated: false });
    expect((await hasher.verify(hash, 'wrong horse')).ok).toBe(false);
  });

  it('never accepts a password where there is no hash', async () => {
    const hasher = await argon2Hasher(limits);
    expect(await hasher.verify(undefined, 'anything')).toEqual({ ok: false, outdated: false });
  });

  it('refuses more work than its queue holds', async () => {
    const hasher = await argon2Hasher(limits);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => hasher.hash('correct horse')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).not.toHaveLength(0);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ kind: 'exhausted', reason: 'HASHING_BUSY' });
  });
});

describe('isWeaker', () => {
  it('finds hashes with less memory or fewer passes', () => {
    expect(isWeaker('$argon2id$v=19$m=19456,t=2,p=1$x$y', limits)).toBe(false);
    expect(isWeaker('$argon2id$v=19$m=4096,t=3,p=1$x$y', limits)).toBe(true);
    expect(isWeaker('$argon2i$v=19$m=65536,t=3,p=1$x$y', limits)).toBe(true);
  });
});
