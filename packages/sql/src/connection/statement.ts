import type { Knex } from 'knex';
import { SafePostgresClient } from './postgres-client.ts';
import { retried } from './transaction.ts';

/** A statement that is sent often: parsed and planned once per connection. */
export interface Statement {
  /** Unique within the service; the server keeps the plan under it. */
  readonly name: string;
  /** With `?` for each value. */
  readonly text: string;
}

/**
 * Runs one statement as a transaction of its own: one round trip and one commit, whatever its parts (CTEs) change.
 * Tried again on a serialisation failure or deadlock, like {@link inTransaction}.
 * @throws DomainError ABORTED `CONFLICT` when it keeps colliding; UNAVAILABLE when the database is out of reach.
 */
export function runStatement<Row>(
  knex: Knex,
  { name, text }: Statement,
  values: readonly Knex.RawBinding[],
): Promise<readonly Row[]> {
  const client: unknown = knex.client;
  if (!(client instanceof SafePostgresClient)) throw new TypeError('not a database of openSql');
  return retried(async () => {
    // Straight to the driver's seam: a builder for a text that is ready costs as much as the call itself.
    const connection = await client.acquireConnection();
    try {
      const query: Sent<Row> = { method: 'raw', sql: text, bindings: [...values], options: { name } };
      await client.query(connection, query);
      if (query.response === undefined) throw new Error('a statement without a result');
      return query.response.rows;
    } finally {
      await client.releaseConnection(connection);
    }
  });
}

/** A query as knex's client takes it; it leaves the driver's result in it. */
interface Sent<Row> {
  readonly method: 'raw';
  readonly sql: string;
  readonly bindings: readonly Knex.RawBinding[];
  readonly options: { readonly name: string };
  readonly response?: { readonly rows: readonly Row[] };
}
