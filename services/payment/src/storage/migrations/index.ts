import type { MigrationList } from '@souk/sql';
import { payments } from './0001-payments.ts';
import { ledger } from './0002-ledger.ts';
import { ledgerMovements } from './0003-ledger-movements.ts';
import { tendersAndStates } from './0004-tenders-and-states.ts';
import { fraud } from './0010-fraud.ts';
import { paymentMethods } from './0011-payment-methods.ts';
import { storedValue } from './0012-stored-value.ts';
import { chargebacks } from './0013-chargebacks.ts';

/** Payment's schema, in the order in which it is applied. */
export const migrations: MigrationList = [
  payments,
  ledger,
  ledgerMovements,
  tendersAndStates,
  fraud,
  paymentMethods,
  storedValue,
  chargebacks,
];
