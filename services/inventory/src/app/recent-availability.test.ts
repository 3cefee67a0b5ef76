import { describe, expect, it } from '@jest/globals';
import type { Availability } from '../domain/availability.ts';
import { recentAvailability } from './recent-availability.ts';

describe('recent availability', () => {
  let now = 0;
  const clock = { now: () => new Date(now) };
  const asked: string[][] = [];
  let broken = false;
  const view = {
    get: async (skus: readonly string[]) => {
      asked.push([...skus]);
      if (broken) throw new Error('away');
      return new Map<string, Availability>(
        skus
          .filter((sku) => sku !== 'NO')
          .map((sku) => [sku, { sku, available: 1, version: 1n, position: 1n, updateTime: new Date(now) }]),
      );
    },
  };
  const reader = recentAvailability(view, clock, { maxAgeMs: 100, maxSkus: 3 });

  it('reads what several calls ask for at once, and nothing twice within its age', async () => {
    const [one, two] = await Promise.all([reader.get(['A', 'NO']), reader.get(['A', 'B'])]);
    expect([...one.keys()]).toEqual(['A']);
    expect([...two.keys()]).toEqual(['A', 'B']);
    expect(asked).toEqual([['A', 'NO', 'B']]);
    now += 99;
    await reader.get(['A', 'B', 'NO']);
    expect(asked).toHaveLength(1);
    now += 1;
    await reader.get(['B']);
    expect(asked.at(-1)).toEqual(['B']);
  });

  it('drops the oldest beyond its size, and forgets failures', async () => {
    await reader.get(['C', 'D']);
    await reader.get(['B', 'C', 'D']);
    expect(asked.at(-1)).toEqual(['C', 'D']);
    broken = true;
    await expect(reader.get(['E'])).rejects.toThrow('away');
    broken = false;
    await expect(reader.get(['E'])).resolves.toHaveProperty('size', 1);
  });
});
