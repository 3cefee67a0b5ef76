import type { ServiceHost } from '@souk/kernel';
import knexOf, { type Knex } from 'knex';
import { databaseUrl, ensureDatabase } from './connection/database.ts';
import { SafePostgresClient } from './connection/postgres-client.ts';
import { runStatement, type Statement } from './connection/statement.ts';
import { inTransaction } from './connection/transaction.ts';
import { valueTypes } from './connection/value-types.ts';
import { type MigrationList, migrate } from './migrations/migrate.ts';
import { hasAppended } from './outbox/append-outbox.ts';
import { sweepRetention } from './requests/sweep.ts';

/** How a database is opened. */
export interface SqlOptions {
  /** The service's schema. */
  readonly migrations: MigrationList;
  /** Connections of this process at most; default 10. */
  readonly poolMax?: number;
  /** How long to wait for the engine at the start, in milliseconds; default 60,000. */
  readonly waitMs?: number;
}

/** A service's own database. */
export interface Sql {
  /** For single statements. `bigint` columns come as JS bigints, `date` columns as texts. */
  readonly knex: Knex;
  /**
   * Runs `effect` in a transaction, again when it collides with another; see {@link inTransaction}. Never call another
   * service inside: its answer would be waited for with locks held.
   */
  transaction<T>(effect: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one statement as a transaction of its own; see {@link runStatement}. `appends` says that it appends to the
   * outbox.
   */
  run<Row>(
    statement: Statement,
    values: readonly Knex.RawBinding[],
    options?: { readonly appends: boolean },
  ): Promise<readonly Row[]>;
  /** Calls `listener` after every commit of this process that appended to the outbox. Returns how to stop that. */
  onAppended(listener: () => void): () => void;
  /** Closes the pool; the host does so by itself when it stops. */
  close(): Promise<void>;
}

/**
 * Opens the service's own database `<namespace>_<service>`: makes it if absent, brings its schema up to date, watches its
 * health, sweeps what is past its retention, and closes it when the host stops. Waits for an engine that is still starting.
 */
export async function openSql(host: ServiceHost, options: SqlOptions): Promise<Sql> {
  await ensureDatabase(host, options.waitMs ?? 60_000);
  const knex = knexOf({
    client: SafePostgresClient,
    connection: {
      connectionString: databaseUrl(host),
      application_name: host.name,
      connectionTimeoutMillis: 1_500,
      statement_timeout: 5_000,
      // A half-open socket would hold a call past its deadline; the server's own timeout comes first.
      query_timeout: 8_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      types: valueTypes,
    },
    pool: {
      min: 1,
      max: options.poolMax ?? 10,
      acquireTimeoutMillis: 2_000,
      createTimeoutMillis: 1_800,
      createRetryIntervalMillis: 100,
      idleTimeoutMillis: 30_000,
      propagateCreateError: false,
    },
    acquireConnectionTimeout: 2_000,
    compileSqlOnError: false,
    log: {
      warn: (message: unknown) => {
        host.log.warn({ detail: message }, 'database connection');
      },
      error: (message: unknown) => {
        host.log.error({ detail: message }, 'database connection');
      },
    },
  });
  await migrate(knex, options.migrations);
  sweepRetention(host, knex);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= knex.destroy());
  host.healthCheck('postgres', async () => {
    await knex.raw('SELECT 1');
  });
  host.onStop('connections', close);
  const listeners = new Set<() => void>();
  return {
    knex,
    transaction: async (effect) => {
      const { value, hasMessages } = await inTransaction(knex, async (trx) => ({
        value: await effect(trx),
        hasMessages: hasAppended(trx),
      }));
      if (hasMessages) for (const listener of listeners) listener();
      return value;
    },
    run: async <Row>(
      statement: Statement,
      values: readonly Knex.RawBinding[],
      { appends } = { appends: false },
    ) => {
      const rows = await runStatement<Row>(knex, statement, values);
      if (appends) for (const listener of listeners) listener();
      return rows;
    },
    onAppended: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}
