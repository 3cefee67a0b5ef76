import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@souk/testing';
import { type Cache, type Codec, defineScript, openCache, type ReadThrough } from '../src/index.ts';
import { type TestHost, testHost } from './test-host.ts';

const hosts: TestHost[] = [];
const NOWHERE = 'redis://127.0.0.1:1';

async function open(namespace?: string): Promise<Cache> {
  const host = testHost(undefined, namespace);
  hosts.push(host);
  const cache = openCache(host, { role: 'store' });
  await eventually(async () => host.health.get('redis')?.());
  return cache;
}

afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
});

const text: Codec<string> = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

/** A source that counts its loads and can be held up. */
function sourceOf(values: Map<string, string>) {
  const loads: string[][] = [];
  let gate: Promise<unknown> = Promise.resolve();
  return {
    loads,
    hold(): () => void {
      const held = Promise.withResolvers<undefined>();
      gate = held.promise;
      return () => {
        held.resolve(undefined);
      };
    },
    load: async (keys: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      loads.push([...keys]);
      const read = new Map(keys.flatMap((key) => (values.has(key) ? [[key, values.get(key) ?? '']] : [])));
      await gate;
      return read;
    },
  };
}

function readThrough(cache: Cache, source: ReturnType<typeof sourceOf>): ReadThrough<string> {
  return cache.readThrough({
    name: 'things',
    load: source.load,
    codec: text,
    ttlMs: 60_000,
    localTtlMs: 60_000,
    localEntries: 1_000,
  });
}

describe('scripts', () => {
  const increment = defineScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");

  it('run on a server that never saw them, with prefixed keys', async () => {
    const cache = await open();
    await cache.redis.script('FLUSH');
    expect(await cache.run(increment, ['counter'], [2])).toBe(2);
    expect(await cache.run(increment, ['counter'], [3])).toBe(5);
    expect(await cache.redis.get('counter')).toBe('5');
  });

  it('keep the errors of the script itself', async () => {
    const cache = await open();
    await cache.redis.set('text', 'x');
    await expect(cache.run(increment, ['text'], [1])).rejects.toThrow(/not an integer/);
  });

  it('fail at once with REDIS_UNAVAILABLE when there is no server', async () => {
    const host = testHost(NOWHERE);
    hosts.push(host);
    const cache = openCache(host, { role: 'store' });
    await expect(cache.run(increment, ['counter'], [1])).rejects.toMatchObject({
      reason: 'REDIS_UNAVAILABLE',
    });
    await expect(host.health.get('redis')?.()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('readThrough', () => {
  it('loads all misses at once, each key once, however many ask', async () => {
    const source = sourceOf(new Map(Object.entries({ a: '1', b: '2' })));
    const things = readThrough(await open(), source);
    const release = source.hold();
    const calls = Array.from({ length: 20 }, () => things.getMany(['a', 'b', 'none', 'a']));
    release();
    for (const found of await Promise.all(calls)) {
      expect(Object.fromEntries(found)).toEqual({ a: '1', b: '2' });
    }
    expect(source.loads).toEqual([['a', 'b', 'none']]);
    expect(await things.get('none')).toBeUndefined();
    expect(source.loads).toHaveLength(1);
  });

  it('shares loaded values with other processes through redis', async () => {
    const first = await open();
    const namespace = hosts.at(-1)?.namespace;
    const source = sourceOf(new Map([['a', '1']]));
    await readThrough(first, source).get('a');
    await eventually(async () => expect(await first.redis.exists('things:a')).toBe(1));
    const other = readThrough(await open(namespace), source);
    expect(await other.get('a')).toBe('1');
    expect(source.loads).toHaveLength(1);
  });

  it('forgets invalidated values in every process', async () => {
    const values = new Map([['a', 'old']]);
    const source = sourceOf(values);
    const mine = readThrough(await open(), source);
    const theirs = readThrough(await open(hosts.at(-1)?.namespace), source);
    await Promise.all([mine.get('a'), theirs.get('a')]);
    values.set('a', 'new');
    await mine.invalidate(['a']);
    expect(await mine.get('a')).toBe('new');
    await eventually(async () => expect(await theirs.get('a')).toBe('new'));
  });

  it('never keeps a value that was read before the change', async () => {
    const values = new Map([['a', 'old']]);
    const source = sourceOf(values);
    const cache = await open();
    const things = readThrough(cache, source);
    const release = source.hold();
    const early = things.get('a');
    await eventually(() => expect(source.loads).toHaveLength(1));
    values.set('a', 'new');
    await things.invalidate(['a']);
    release();
    expect(await early).toBe('old');
    expect(await things.get('a')).toBe('new');
    expect((await cache.redis.getBuffer('things:a'))?.[0]).toBe(3);
  });

  it('hands a failure of the source to all who wait and keeps nothing', async () => {
    let broken = true;
    const cache = await open();
    const things = cache.readThrough({
      name: 'things',
      load: async (keys) => {
        await Promise.resolve();
        if (broken) throw new Error('source is down');
        return new Map(keys.map((key) => [key, key]));
      },
      codec: text,
      ttlMs: 60_000,
      localTtlMs: 60_000,
      localEntries: 1_000,
    });
    const calls = [things.getMany(['a', 'b']), things.getMany(['b', 'c'])];
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await things.get('b')).toBe('b');
  });

  it('reads from the source while redis is away', async () => {
    const host = testHost(NOWHERE);
    hosts.push(host);
    const source = sourceOf(new Map([['a', '1']]));
    const things = readThrough(openCache(host), source);
    expect(await things.get('a')).toBe('1');
    expect(await things.get('a')).toBe('1');
    expect(source.loads).toHaveLength(1);
    await expect(things.invalidate([randomUUID()])).rejects.toMatchObject({ reason: 'REDIS_UNAVAILABLE' });
  });
});
