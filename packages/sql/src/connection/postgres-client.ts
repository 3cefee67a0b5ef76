// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient module cannot be imported
/// <reference path="./knex-postgres.d.ts" />
import PostgresClient from 'knex/lib/dialects/postgres/index.js';
import { toSqlError } from './sql-error.ts';

/**
 * knex's PostgreSQL client whose every failure, pooled or in a transaction, leaves as one of the platform's errors.
 * Done at the driver's seam so that no query can be written that leaks its statement.
 */
export class SafePostgresClient extends PostgresClient {
  override async query(connection: unknown, query: unknown): Promise<unknown> {
    try {
      return await super.query(connection, query);
    } catch (error) {
      throw toSqlError(error);
    }
  }

  override async acquireConnection(): Promise<unknown> {
    try {
      return await super.acquireConnection();
    } catch (error) {
      throw toSqlError(error);
    }
  }
}
