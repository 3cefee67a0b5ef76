import type { MigrationList } from '@souk/sql';
import { orders } from './0001-orders.ts';
import { returns } from './0002-returns.ts';
import { sagas } from './0003-sagas.ts';

/** The order service's schema, oldest first. */
export const migrations: MigrationList = [orders, returns, sagas];
