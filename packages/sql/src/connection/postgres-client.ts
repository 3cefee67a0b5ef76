// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient module cannot be imported
/// <reference path="./knex-postgres.d.ts" />
import { aborted, currentExecution } from '@souk/kernel';
import PostgresClient from 'knex/lib/dialects/postgres/index.js';
import { toSqlError } from './sql-error.ts';

/**
 * knex's PostgreSQL client whose every failure, pooled or in a transaction, leaves as one of the platform's errors.
 * Done at the driver's seam so that no query can be written that leaks its statement, or that nobody waits for.
 */
export class SafePostgresClient extends PostgresClient {
  override async query(connection: unknown, query: unknown): Promise<unknown> {
    refuseForNobody(query);
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

const ENDS_TRANSACTION = /^\s*(commit|rollback)/i;

/**
 * Starts no statement for a call whose caller has cancelled or run out of time; its transaction is rolled back. Work that
 * outlives its call, or serves several, runs outside of it (`detached`).
 */
function refuseForNobody(query: unknown): void {
  if (currentExecution()?.signal?.aborted !== true) return;
  const named = typeof query === 'object' && query !== null && 'sql' in query ? query.sql : query;
  const text = typeof named === 'string' ? named : '';
  if (!ENDS_TRANSACTION.test(text))
    throw aborted('CALL_ENDED', 'Nobody waits for this call any more; nothing more was written.');
}
