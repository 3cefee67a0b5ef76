import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ServiceHost, systemClock } from '@souk/kernel';
import {
  type FillIndex,
  IndexMissingError,
  type IndexOperation,
  openSearch,
  SearchIndex,
} from '@souk/search';
import { testEngines, testNamespace } from '@souk/testing';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const definition = {
  settings: { number_of_shards: 1, number_of_replicas: 0 },
  mappings: { properties: { text: { type: 'keyword' as const } } },
};
const put = (id: string, version: number, text: string): IndexOperation => ({
  kind: 'index',
  id,
  version,
  document: { text },
});

describe('SearchIndex', () => {
  const stops: (() => Promise<void>)[] = [];
  const host: ServiceHost = {
    name: 'test',
    namespace: testNamespace(),
    engines: testEngines(),
    clock: systemClock,
    log,
    onStop: (_phase, stop) => void stops.push(stop),
    healthCheck: silent,
  };
  const search = openSearch(host);
  const { client } = search;
  let count = 0;
  let index: SearchIndex;
  /** The same index as another process sees it. */
  let elsewhere: SearchIndex;

  beforeEach(() => {
    const name = `things${count++}`;
    index = new SearchIndex(search, name, definition, log);
    elsewhere = new SearchIndex(search, name, definition, log);
  });
  afterAll(async () => {
    const names = Object.keys(await client.indices.get({ index: `${search.prefix}*` }));
    for (const name of names) await client.indices.delete({ index: name });
    for (const stop of stops) await stop();
  });

  async function texts(): Promise<Record<string, string>> {
    await client.indices.refresh({ index: index.alias });
    const { hits } = await index.search<{ text: string }>({ query: { match_all: {} } });
    return Object.fromEntries(hits.hits.map(({ _id, _source }) => [_id ?? '', _source?.text ?? '']));
  }

  /** Fills with what it has read before `meanwhile` happens. */
  const slowly =
    (read: readonly IndexOperation[], meanwhile: () => Promise<void>): FillIndex =>
    async (write) => {
      await meanwhile();
      await write(read);
    };

  it('keeps what changes while the first index is built', async () => {
    await index.ensure(slowly([put('a', 1, 'old')], () => elsewhere.write([put('a', 2, 'new')])));
    expect(await texts()).toEqual({ a: 'new' });
  });

  it('keeps what changes and goes while an index is built anew', async () => {
    const stored = [put('a', 1, 'old'), put('b', 1, 'old')];
    await index.ensure((write) => write(stored));
    const meanwhile = () => elsewhere.write([put('a', 2, 'new'), { kind: 'delete', id: 'b', version: 2 }]);
    await index.rebuild(slowly(stored, meanwhile));
    expect(await texts()).toEqual({ a: 'new' });
  });

  it('builds one after the other, so that the last one asked for stays', async () => {
    const first = index.rebuild((write) => write([put('a', 1, 'first')]));
    const second = index.rebuild((write) => write([put('a', 1, 'second')]));
    await Promise.all([first, second]);
    expect(await texts()).toEqual({ a: 'second' });
  });

  it('says when there is no index, and leaves nothing of a build that failed', async () => {
    const failing = index.ensure(() => Promise.reject(new Error('the source is away')));
    await expect(failing).rejects.toThrow('the source is away');
    await expect(index.write([put('a', 1, 'new')])).rejects.toThrow(IndexMissingError);
    expect(await client.indices.get({ index: `${index.alias}*` })).toEqual({});
  });
});
