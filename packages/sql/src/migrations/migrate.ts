import type { Knex } from 'knex';
import { kernelMigrations } from './kernel-tables.ts';

/** One step of a schema, forward only. A step that has been released is never edited; the next one mends it. */
export interface Migration {
  /** Unique and stable, for example `0001-stock`. */
  readonly name: string;
  /** Changes the schema. Runs in a transaction of its own, without statement timeout. */
  up(trx: Knex.Transaction): Promise<void>;
}

/** A service's schema: its steps in the order in which they are applied. */
export type MigrationList = readonly Migration[];

/** Any number will do as long as nobody else locks it in the service's own database. */
const LOCK = 7_001;

/**
 * Brings the database's schema up to date: the platform's tables, then the service's steps. Replicas that start
 * together take turns; a step is applied once.
 * @throws Error when two steps share a name.
 */
export async function migrate(knex: Knex, service: MigrationList): Promise<void> {
  const steps = [...kernelMigrations, ...service];
  const twice = steps.find((step, index) => steps.findIndex((other) => other.name === step.name) !== index);
  if (twice !== undefined) throw new Error(`two migrations are called ${twice.name}`);
  await locked(knex, async (trx) => {
    await trx.raw(
      'CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, apply_time timestamptz NOT NULL DEFAULT now())',
    );
  });
  const applied = new Set<string>(await knex('schema_migration').pluck<string[]>('name'));
  for (const step of steps) {
    if (applied.has(step.name)) continue;
    await locked(knex, async (trx) => {
      const taken = await trx.raw<{ rowCount: number }>(
        'INSERT INTO schema_migration (name) VALUES (?) ON CONFLICT DO NOTHING',
        [step.name],
      );
      if (taken.rowCount === 1) await step.up(trx);
    });
  }
}

async function locked(knex: Knex, run: (trx: Knex.Transaction) => Promise<void>): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('SET LOCAL statement_timeout = 0');
    await trx.raw('SELECT pg_advisory_xact_lock(?)', [LOCK]);
    await run(trx);
  });
}
