import type { MigrationList } from '@souk/sql';
import { stock } from './0001-stock.ts';
import { reservations } from './0002-reservations.ts';
import { manyReservations } from './0003-many-reservations.ts';
import { locations } from './0004-locations.ts';
import { sums } from './0005-sums.ts';
import { backInStock } from './0006-back-in-stock.ts';
import { warehouse } from './0007-warehouse.ts';

/** Inventory's schema, in the order in which it is applied. */
export const migrations: MigrationList = [
  stock,
  reservations,
  manyReservations,
  locations,
  sums,
  backInStock,
  warehouse,
];
