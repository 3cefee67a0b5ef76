import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detached, runIn } from '@souk/kernel';
import { openSql, type Sql } from '../src/index.ts';
import { testHost } from './test-host.ts';

const host = testHost();
let sql: Sql;

beforeAll(async () => {
  sql = await openSql(host, { migrations: [] });
  await sql.knex.raw('CREATE TABLE things (name text)');
});

afterAll(() => host.stop());

async function names(): Promise<string[]> {
  const { rows } = await sql.knex.raw<{ rows: { name: string }[] }>('SELECT name FROM things');
  return rows.map(({ name }) => name);
}

describe('work whose caller is gone', () => {
  it('starts no further statement and leaves nothing of its transaction', async () => {
    const abort = new AbortController();
    const work = runIn({ traceparent: '', signal: abort.signal }, () =>
      sql.transaction(async (trx) => {
        await trx('things').insert({ name: 'first' });
        abort.abort();
        await trx('things').insert({ name: 'second' });
      }),
    );
    await expect(work).rejects.toMatchObject({ reason: 'CALL_ENDED' });
    await expect(names()).resolves.toEqual([]);
  });

  it('commits what it had done before', async () => {
    const abort = new AbortController();
    await runIn({ traceparent: '', signal: abort.signal }, () =>
      sql.transaction(async (trx) => {
        await trx('things').insert({ name: 'done' });
        abort.abort();
      }),
    );
    await expect(names()).resolves.toEqual(['done']);
  });

  it('goes on outside of the call', async () => {
    const abort = new AbortController();
    abort.abort();
    await runIn({ traceparent: '', signal: abort.signal }, () =>
      detached(() => sql.knex('things').insert({ name: 'outside' })),
    );
    await expect(names()).resolves.toContain('outside');
  });
});
