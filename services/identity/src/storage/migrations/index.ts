import type { MigrationList } from '@souk/sql';
import { accounts } from './0001-accounts.ts';
import { sessions } from './0002-sessions.ts';
import { accessEnds } from './0003-access-ends.ts';
import { rolesAndKeys } from './0004-roles-and-keys.ts';
import { secondFactorsAndAddresses } from './0005-second-factors-and-addresses.ts';

/** Identity's schema, in the order in which it is applied. */
export const migrations: MigrationList = [
  accounts,
  sessions,
  accessEnds,
  rolesAndKeys,
  secondFactorsAndAddresses,
];
