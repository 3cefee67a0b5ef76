import type { ServiceHost } from '@souk/kernel';
import type { Knex } from 'knex';

const EVERY_MS = 10 * 60_000;
const BATCH = 5_000;

/** What is kept for how long: replayed responses a day longer than promised to nobody, taken events for a month. */
const RETENTION = [
  { table: 'request_log', column: 'create_time', keep: '24 hours' },
  { table: 'inbox', column: 'accept_time', keep: '30 days' },
] as const;

/** Removes stored responses and taken events that are past their retention, a batch at a time, while the host runs. */
export function sweepRetention(host: ServiceHost, knex: Knex): void {
  // Replicas sweep the same rows; the jitter keeps them from doing so at the same moment.
  const timer = setInterval(() => void sweep(host, knex), EVERY_MS * (0.9 + Math.random() * 0.2));
  timer.unref();
  host.onStop('workers', () => {
    clearInterval(timer);
    return Promise.resolve();
  });
}

async function sweep(host: ServiceHost, knex: Knex): Promise<void> {
  for (const { table, column, keep } of RETENTION) {
    try {
      await sweepTable(knex, table, column, keep);
    } catch (error) {
      host.log.warn({ err: error, table }, 'retention sweep failed');
    }
  }
}

/** Deletes a table's rows older than `keep` (a PostgreSQL interval). Returns how many. */
export async function sweepTable(knex: Knex, table: string, column: string, keep: string): Promise<number> {
  for (let total = 0; ; ) {
    const result = await knex.raw<{ rowCount: number }>(
      `DELETE FROM ?? WHERE ctid = ANY(ARRAY(SELECT ctid FROM ?? WHERE ?? < now() - ?::interval LIMIT ?))`,
      [table, table, column, keep, BATCH],
    );
    total += result.rowCount;
    if (result.rowCount < BATCH) return total;
  }
}
