import { describe, expect, it } from '@jest/globals';
import { recentReads } from './recent-reads.ts';

describe('recent reads', () => {
  let now = 0;
  const clock = { now: () => new Date(now) };
  const asked: string[][] = [];
  let broken = false;
  const load = async (keys: readonly string[]): Promise<Map<string, string>> => {
    asked.push([...keys]);
    if (broken) throw new Error('away');
    return new Map(keys.filter((key) => key !== 'NO').map((key) => [key, key.toLowerCase()]));
  };
  const reads = recentReads(load, clock, { maxAgeMs: 100, maxEntries: 3 });

  it('read what several calls ask for at once, and nothing twice within its age', async () => {
    const [one, two] = await Promise.all([reads.get(['A', 'NO']), reads.get(['A', 'B'])]);
    expect([...one]).toEqual([['A', 'a']]);
    expect([...two.keys()]).toEqual(['A', 'B']);
    expect(asked).toEqual([['A', 'NO', 'B']]);
    now += 99;
    await reads.get(['A', 'B', 'NO']);
    expect(asked).toHaveLength(1);
    now += 1;
    await reads.get(['B']);
    expect(asked.at(-1)).toEqual(['B']);
  });

  it('drop the oldest beyond their size, and do not keep failures', async () => {
    await reads.get(['C', 'D']);
    await reads.get(['B', 'C', 'D']);
    expect(asked.at(-1)).toEqual(['C', 'D']);
    broken = true;
    await expect(reads.get(['E'])).rejects.toThrow('away');
    broken = false;
    await expect(reads.get(['E'])).resolves.toHaveProperty('size', 1);
  });

  it('read again what was told to be forgotten', async () => {
    const before = asked.length;
    reads.forget('E');
    await reads.get(['E']);
    reads.forget();
    await reads.get(['E']);
    expect(asked.slice(before)).toEqual([['E'], ['E']]);
  });
});
