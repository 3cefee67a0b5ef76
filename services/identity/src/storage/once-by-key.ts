import { create } from '@bufbuild/protobuf';
import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { onceByRequestId, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { Once } from '../app/ports.ts';

/** What an effect came to: a text that tells what it made, or why it made nothing. */
export type Outcome<Refusal extends string> = { readonly made: string } | { readonly refused: Refusal };

/**
 * Runs an effect in a transaction, once per request id if there is one. What is remembered of it is the text alone, so
 * that the log of requests holds nobody's data; a refusal is not remembered, for the next time it may be none.
 *
 * @throws DomainError REQUEST_ID_REUSED, REQUEST_IN_FLIGHT.
 */
export async function onceByKey<Refusal extends string>(
  sql: Sql,
  rpc: string,
  once: Once | undefined,
  effect: (trx: Knex.Transaction) => Promise<Outcome<Refusal>>,
): Promise<Outcome<Refusal>> {
  if (once === undefined) return sql.transaction(effect);
  const { callerId, requestId, fingerprint } = once;
  const key = { scope: `${rpc}:${callerId}`, requestId, fingerprint, schema: StringValueSchema };
  let told: { readonly refused: Refusal } | undefined;
  const refusal = (): typeof told => told;
  try {
    const { value } = await sql.transaction((trx) => {
      told = undefined;
      return onceByRequestId(trx, key, async () => {
        const outcome = await effect(trx);
        if ('made' in outcome) return create(StringValueSchema, { value: outcome.made });
        told = outcome;
        // Takes back the claim of the request id with the rest.
        throw new Error('nothing was made');
      });
    });
    return { made: value };
  } catch (error) {
    const refused = refusal();
    if (refused !== undefined) return refused;
    throw error;
  }
}
