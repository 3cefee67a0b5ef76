import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@souk/kernel';
import pg from 'pg';
import { z } from 'zod';
import { jsonClient } from '../http.ts';
import { type LoadResult, load } from '../load.ts';
import { databaseOf, runningPlatform } from '../platform.ts';
import type { BenchmarkReport } from '../report.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';

const IN_FLIGHT = 256;
const COLD_IN_FLIGHT = 4;
const BARE_IN_FLIGHT = 64;
const COLD_SKUS = 64;

const session = z.looseObject({ tokens: z.looseObject({ accessToken: z.string() }) });

/**
 * P5: reservations of one hot SKU by gRPC, beside one conditional update and insert a call on one row in bare PostgreSQL;
 * then buyers of cold SKUs while the hot one is sold, and what sold out says.
 */
export async function hotSkuBenchmark(seconds: number): Promise<BenchmarkReport> {
  const bare = await bareRow(seconds);
  const run = newId().slice(-8);
  const hot = `BENCH-HOT-${run}`;
  const gone = `BENCH-GONE-${run}`;
  const cold = Array.from({ length: COLD_SKUS }, (_, index) => `BENCH-COLD-${run}-${index}`);
  await bringIn([hot, ...cold], gone);
  const desk = await openOrderDesk();
  let turn = 0;
  const buyCold = (): Promise<void> => {
    turn += 1;
    return desk.reserve(cold[turn % cold.length] ?? '');
  };
  await load(buyCold, { inFlight: COLD_IN_FLIGHT, seconds: 2 });
  await load(() => desk.reserve(hot), { inFlight: IN_FLIGHT, seconds: 2 });
  const alone = await load(buyCold, { inFlight: COLD_IN_FLIGHT, seconds });
  const full = await load(() => desk.reserve(hot), { inFlight: IN_FLIGHT, seconds });
  const [meanwhile, paced] = await Promise.all([
    load(buyCold, { inFlight: COLD_IN_FLIGHT, seconds }),
    atRate(desk, hot, Math.min(1_000, full.perSecond / 4), seconds),
  ]);
  const soldOut = await load(() => refused(desk, gone), { inFlight: IN_FLIGHT, seconds });
  desk.close();
  return {
    id: 'P5',
    title: 'one hot SKU, reserved durably by gRPC',
    rows: [
      { label: 'bare PostgreSQL, an update and an insert a call on one row', value: bare, unit: 'calls/s' },
      { label: 'reservations of one SKU', value: full.perSecond, unit: 'calls/s', target: '≥ 3000' },
      { label: 'beside the bare row', value: full.perSecond / bare, unit: '×' },
      { label: `p99 with ${IN_FLIGHT} in flight`, value: full.p99, unit: 'ms' },
      { label: 'sold-out answers', value: soldOut.perSecond, unit: 'calls/s', target: '≥ 4000' },
      { label: 'cold SKUs, p50 alone', value: alone.p50, unit: 'ms' },
      {
        label: `cold SKUs, p50 while the hot one sells ${Math.round(paced)}/s`,
        value: meanwhile.p50,
        unit: 'ms',
      },
      { label: 'slower by', value: meanwhile.p50 / alone.p50, unit: '×', target: '≤ 1.3' },
      { label: 'failures', value: failuresOf([alone, full, meanwhile, soldOut]), unit: '' },
    ],
  };
}

/** What one row takes when every call is a transaction of its own. */
async function bareRow(seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseOf('inventory'), max: 32 });
  await pool.query(`DROP TABLE IF EXISTS bench_held, bench_row;
                    CREATE TABLE bench_row (sku text PRIMARY KEY, available bigint);
                    CREATE TABLE bench_held (order_id uuid PRIMARY KEY, sku text);
                    INSERT INTO bench_row VALUES ('hot', 1000000000)`);
  const statement = {
    name: 'bench-hold',
    text: `WITH taken AS (UPDATE bench_row SET available = available - 1 WHERE sku = 'hot' AND available >= 1 RETURNING sku)
           INSERT INTO bench_held SELECT $1, sku FROM taken`,
  };
  const result = await load(() => pool.query({ ...statement, values: [newId()] }), {
    inFlight: BARE_IN_FLIGHT,
    seconds,
  });
  await pool.query('DROP TABLE bench_held, bench_row');
  await pool.end();
  return result.perSecond;
}

/** Books stock as the administrator; the last SKU becomes known without any. */
async function bringIn(skus: readonly string[], empty: string): Promise<void> {
  const { edge, admin } = runningPlatform();
  const client = jsonClient(edge, 4);
  const answer = await client.call('POST', '/v1/sessions', { body: admin });
  const token = session.parse(JSON.parse(answer)).tokens.accessToken;
  const book = (path: string, lines: readonly { sku: string; quantity: number }[]): Promise<string> =>
    client.call('POST', path, { token, body: { lines, requestId: newId() } });
  await book(
    '/v1/stock:receive',
    skus.map((sku) => ({ sku, quantity: 1_000_000 })),
  );
  await book('/v1/stock:announce', [{ sku: empty, quantity: 1 }]);
  await client.close();
}

/** Sells at a steady rate; gives the rate that was reached. */
async function atRate(desk: OrderDesk, sku: string, perSecond: number, seconds: number): Promise<number> {
  const startedAt = performance.now();
  const calls: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - startedAt) / 1_000) {
    while (calls.length < elapsed * perSecond) calls.push(desk.reserve(sku).catch(() => undefined));
    await sleep(5);
  }
  await Promise.all(calls);
  return calls.length / ((performance.now() - startedAt) / 1_000);
}

/** A call that must be refused. */
async function refused(desk: OrderDesk, sku: string): Promise<void> {
  const isRefused = await desk.reserve(sku).then(
    () => false,
    (error: unknown) => error instanceof Error && error.message.includes('can be sold'),
  );
  if (!isRefused) throw new Error('sold what was not there');
}

const failuresOf = (results: readonly LoadResult[]): number =>
  results.reduce((sum, { failures }) => sum + failures, 0);
