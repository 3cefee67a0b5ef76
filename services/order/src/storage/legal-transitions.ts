import type { Knex } from 'knex';
import { LEGAL_TRANSITIONS } from '../domain/legal-transitions.ts';

/** Writes the domain's machines into the database. A migration that changes a machine ends with this. */
export async function syncTransitions(trx: Knex.Transaction): Promise<void> {
  await trx('legal_transitions').delete();
  await trx('legal_transitions').insert(
    LEGAL_TRANSITIONS.map(({ machine, from, to }) => ({ machine, from_state: from, to_state: to })),
  );
}
