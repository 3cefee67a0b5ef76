import type { Migration } from '@souk/sql';
import { syncTransitions } from '../legal-transitions.ts';

/** An order that was refunded whole may be added to by an edit. */
export const paymentsOfEdits: Migration = {
  name: '0023-payments-of-edits',
  up: syncTransitions,
};
