import type { Knex } from 'knex';
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
  return retried(async () => {
    const { rows } = await knex.raw<{ rows: Row[] }>(text, [...values]).options({ name });
    return rows;
  });
}
