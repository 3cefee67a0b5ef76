import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { jsonClient } from '../http.ts';
import { load } from '../load.ts';
import { databaseOf, runningPlatform } from '../platform.ts';
import type { BenchmarkReport } from '../report.ts';
import { addToCart, becomeGuest, checkOut, someSkus } from './shopper.ts';

const IN_FLIGHT = 32;

/** P3: add to cart, priced and stock-checked, beside the same number of calls that only read the cart's owner. */
export async function cartBenchmark(seconds: number): Promise<BenchmarkReport> {
  const { edge } = runningPlatform();
  const client = jsonClient(edge, IN_FLIGHT);
  const skus = await someSkus(client);
  const tokens = await Promise.all(Array.from({ length: 256 }, () => becomeGuest(client)));
  let turn = 0;
  const next = <T>(values: readonly T[]): T => {
    turn += 1;
    const value = values[turn % values.length];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  };
  const add = (): Promise<string> => addToCart(client, next(tokens), next(skus));
  const read = await load(() => client.call('GET', `/v1/products?page_size=1`), {
    inFlight: IN_FLIGHT,
    seconds,
  });
  const full = await load(add, { inFlight: IN_FLIGHT, seconds });
  const half = await load(add, { inFlight: IN_FLIGHT / 4, seconds });
  await client.close();
  return {
    id: 'P3',
    title: 'add to cart over REST, priced and stock-checked',
    rows: [
      { label: 'a cached read through the same edge', value: read.perSecond, unit: 'calls/s' },
      { label: 'add to cart', value: full.perSecond, unit: 'calls/s', target: '≥ 555 (15 × the best peer)' },
      { label: `p95 with ${IN_FLIGHT / 4} in flight`, value: half.p95, unit: 'ms', target: '≤ 80' },
      { label: 'failures', value: full.failures + half.failures, unit: '' },
    ],
  };
}

/** P4: a whole checkout (new guest, cart, order paid), beside PostgreSQL's bare durable commits. */
export async function checkoutBenchmark(seconds: number): Promise<BenchmarkReport> {
  const { edge } = runningPlatform();
  const client = jsonClient(edge, IN_FLIGHT);
  const skus = await someSkus(client);
  const connectionString = databaseOf('order');
  const bench = new pg.Pool({ connectionString, max: IN_FLIGHT });
  const database = new pg.Pool({ connectionString, max: 1 });
  const commits = async (): Promise<number> => {
    const result = await database.query<{ commits: string }>(
      'SELECT sum(xact_commit) AS commits FROM pg_stat_database',
    );
    return Number(result.rows[0]?.commits ?? 0);
  };
  let turn = 0;
  const purchase = async (): Promise<void> => {
    turn += 1;
    const token = await becomeGuest(client);
    await addToCart(client, token, skus[turn % skus.length] ?? '');
    await checkOut(client, token);
  };
  await database.query(
    'CREATE TABLE IF NOT EXISTS bench_commits (id bigserial PRIMARY KEY, at timestamptz NOT NULL)',
  );
  const bare = await load(() => bench.query('INSERT INTO bench_commits (at) VALUES (now())'), {
    inFlight: IN_FLIGHT,
    seconds,
  });
  await bench.end();
  await load(purchase, { inFlight: 4, seconds: 2 });
  // The server tells its counters once a second.
  await sleep(1_500);
  const before = await commits();
  const full = await load(purchase, { inFlight: IN_FLIGHT, seconds });
  await sleep(1_500);
  const perOrder = ((await commits()) - before) / Math.max(1, full.calls);
  const calm = await load(purchase, { inFlight: 4, seconds });
  await database.query('DROP TABLE bench_commits');
  await Promise.all([database.end(), client.close()]);
  return {
    id: 'P4',
    title: 'whole checkout over REST: new guest, cart, order paid',
    rows: [
      { label: 'bare durable commits', value: bare.perSecond, unit: 'commits/s' },
      { label: 'commits per order (all services, relays and polls)', value: perOrder, unit: '' },
      { label: 'bare limit by commits', value: bare.perSecond / perOrder, unit: 'orders/s' },
      { label: 'orders', value: full.perSecond, unit: 'orders/s', target: '≥ 100' },
      { label: `p99 with ${IN_FLIGHT} in flight`, value: full.p99, unit: 'ms', target: '≤ 1000' },
      { label: 'p50 with 4 in flight', value: calm.p50, unit: 'ms' },
      { label: 'failures', value: full.failures + calm.failures, unit: '' },
    ],
  };
}
