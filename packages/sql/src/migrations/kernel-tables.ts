import type { Knex } from 'knex';
import type { Migration } from './migrate.ts';

/** The tables that every service with a PostgreSQL database has. */
export const kernelMigrations: readonly Migration[] = [
  {
    name: 'kernel-0001-outbox',
    // Column names of Debezium's outbox router, so that a relay that reads the log can take over. The table is a queue:
    // rows live for moments, so it is vacuumed by count, not by share.
    async up(trx: Knex.Transaction): Promise<void> {
      await trx.raw(`
        CREATE TABLE outbox (
          seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          id uuid NOT NULL,
          aggregatetype text NOT NULL,
          aggregateid text NOT NULL,
          type text NOT NULL,
          payload bytea NOT NULL,
          source text NOT NULL,
          occur_time timestamptz NOT NULL,
          destination jsonb NOT NULL,
          traceparent text
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 2000,
                autovacuum_vacuum_cost_delay = 0)`);
    },
  },
  {
    name: 'kernel-0002-inbox',
    async up(trx: Knex.Transaction): Promise<void> {
      await trx.raw(`
        CREATE TABLE inbox (
          consumer text NOT NULL,
          event_id text NOT NULL,
          accept_time timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (consumer, event_id)
        )`);
      await trx.raw('CREATE INDEX inbox_accept_time ON inbox USING brin (accept_time)');
    },
  },
  {
    name: 'kernel-0003-request-log',
    async up(trx: Knex.Transaction): Promise<void> {
      await trx.raw(`
        CREATE TABLE request_log (
          scope text NOT NULL,
          request_id uuid NOT NULL,
          fingerprint text NOT NULL,
          response bytea,
          create_time timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (scope, request_id)
        ) WITH (fillfactor = 80)`);
      await trx.raw('CREATE INDEX request_log_create_time ON request_log USING brin (create_time)');
    },
  },
];
