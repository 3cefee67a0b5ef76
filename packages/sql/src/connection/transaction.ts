import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '@souk/kernel';
import type { Knex } from 'knex';
import { isTransient } from './sql-error.ts';

const ATTEMPTS = 4;

/**
 * Runs `effect` in a transaction; on a serialisation failure or deadlock again, up to three times, with a short pause.
 * `effect` must therefore have no effect outside the transaction.
 * @throws DomainError ABORTED `CONFLICT` when it keeps colliding; UNAVAILABLE when the database is out of reach.
 */
export function inTransaction<T>(knex: Knex, effect: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return retried(() => knex.transaction(effect));
}

/** Runs work again, up to three times, when it collided with other work in the database. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === ATTEMPTS) {
        throw aborted('CONFLICT', 'The change collided with others; try again.', {
          retryAfterMs: 200,
          cause: error,
        });
      }
      await sleep(Math.random() * 20 * attempt);
    }
  }
}
