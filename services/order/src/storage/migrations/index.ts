import type { MigrationList } from '@souk/sql';
import { orders } from './0001-orders.ts';
import { returns } from './0002-returns.ts';
import { sagas } from './0003-sagas.ts';
import { stateMachines } from './0004-state-machines.ts';
import { fulfilment } from './0005-fulfilment.ts';
import { documents } from './0020-documents.ts';
import { search } from './0021-search.ts';
import { edits } from './0022-edits.ts';
import { paymentsOfEdits } from './0023-payments-of-edits.ts';
import { returnDecisions } from './0024-return-decisions.ts';
import { guestOrders } from './0025-guest-orders.ts';

/** The order service's schema, oldest first. */
export const migrations: MigrationList = [
  orders,
  returns,
  sagas,
  stateMachines,
  fulfilment,
  documents,
  search,
  edits,
  paymentsOfEdits,
  returnDecisions,
  guestOrders,
];
