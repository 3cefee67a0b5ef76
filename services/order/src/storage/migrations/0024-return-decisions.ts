import type { Migration } from '@souk/sql';
import { syncTransitions } from '../legal-transitions.ts';

/** Returns may be approved, refused, withdrawn, and wait for inspection. */
export const returnDecisions: Migration = {
  name: '0024-return-decisions',
  async up(trx) {
    await trx.raw(`alter table returns add column decision_note text not null default ''`);
    await syncTransitions(trx);
  },
};
