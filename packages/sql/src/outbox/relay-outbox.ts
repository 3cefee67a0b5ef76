import { pause, type ServiceHost, WakeUp } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import pg from 'pg';
import { databaseName, databaseUrl } from '../connection/database.ts';
import { valueTypes } from '../connection/value-types.ts';
import type { Sql } from '../open-sql.ts';
import { leading, oldestAge, relayed, waiting } from './outbox-metrics.ts';
import { type OutboxRow, toEnvelope } from './outbox-row.ts';

/** Whoever holds this lock in the service's own database relays. */
const LEADER_LOCK = 7_002;
const BATCH = 500;
const POLL_MS = 500;
/**
 * Time between two publications. The first message after a quiet moment leaves at once; what is committed within this time of
 * it leaves together, because one publication costs the broker and every consumer more than a message.
 */
const INTERVAL_MS = 100;
const STANDBY_MS = 1_000;
const MAX_BACK_OFF_MS = 5_000;

/** Where the relay takes messages: resolves when the broker has acknowledged all of them. */
export interface OutboxTarget {
  publish(envelopes: readonly Envelope[]): Promise<void>;
}

/**
 * Publishes what {@link appendOutbox} wrote, for as long as the host runs.
 *
 * One process per database does it, the one that holds the leader lock; the lock lives and dies with a connection of
 * its own. Rows are taken in the order of `seq` among all that are there, so a transaction that commits late is never
 * skipped, and removed after the broker's acknowledgement: at least once, in order per aggregate. Without broker or
 * database it waits, with growing pauses, and loses nothing.
 */
export function relayOutbox(host: ServiceHost, sql: Sql, target: OutboxTarget): void {
  const wakeUp = new WakeUp();
  const stopping = new AbortController();
  const running = keepRelaying(host, sql, target, wakeUp, stopping.signal);
  host.onStop('workers', async () => {
    stopping.abort();
    wakeUp.call();
    await running;
  });
}

async function keepRelaying(
  host: ServiceHost,
  sql: Sql,
  target: OutboxTarget,
  wakeUp: WakeUp,
  signal: AbortSignal,
): Promise<void> {
  const labels = { database: databaseName(host) };
  for (let failures = 0; !signal.aborted; ) {
    const client = connection(host);
    let forget = (): void => undefined;
    try {
      await client.connect();
      if (!(await becomeLeader(client, wakeUp, signal))) return;
      leading.set(labels, 1);
      // Commits of this process wake it; those of other replicas are found by polling.
      forget = sql.onAppended(() => {
        wakeUp.call();
      });
      while (!signal.aborted) {
        const count = await relayBatch(client, target, labels);
        failures = 0;
        if (count === BATCH) continue;
        if (count > 0) await pause(INTERVAL_MS, signal);
        await wakeUp.sleep(POLL_MS);
      }
      // What was committed before the stop leaves with this process instead of waiting for the next leader.
      await relayBatch(client, target, labels);
    } catch (error) {
      failures += 1;
      host.log.warn({ err: error, failures }, 'outbox relay interrupted');
      await wakeUp.sleep(Math.min(100 * 2 ** failures, MAX_BACK_OFF_MS));
    } finally {
      forget();
      leading.set(labels, 0);
      await client.end().catch(() => undefined);
    }
  }
}

function connection(host: ServiceHost): pg.Client {
  const client = new pg.Client({
    connectionString: databaseUrl(host),
    application_name: `${host.name} outbox relay`,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 10_000,
    query_timeout: 15_000,
    keepAlive: true,
    types: valueTypes,
  });
  // A connection that dies while idle reports here; the next statement fails and the loop starts over.
  client.on('error', () => undefined);
  return client;
}

async function becomeLeader(client: pg.Client, wakeUp: WakeUp, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const result = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
      LEADER_LOCK,
    ]);
    if (result.rows[0]?.held === true) return true;
    await wakeUp.sleep(STANDBY_MS);
  }
  return false;
}

async function relayBatch(
  client: pg.Client,
  target: OutboxTarget,
  labels: { database: string },
): Promise<number> {
  const { rows } = await client.query<OutboxRow>({
    name: 'outbox-batch',
    text: `SELECT seq, id, aggregateid, type, payload, source, occur_time, destination, traceparent
           FROM outbox ORDER BY seq LIMIT ${String(BATCH)}`,
  });
  waiting.set(labels, rows.length);
  const first = rows[0];
  oldestAge.set(
    labels,
    first === undefined ? 0 : Math.max(0, (Date.now() - first.occur_time.getTime()) / 1_000),
  );
  if (first === undefined) return 0;
  await target.publish(rows.map(toEnvelope));
  await client.query({
    name: 'outbox-delete',
    text: 'DELETE FROM outbox WHERE seq = ANY($1::bigint[])',
    values: [rows.map((row) => row.seq)],
  });
  relayed.inc(labels, rows.length);
  return rows.length;
}
