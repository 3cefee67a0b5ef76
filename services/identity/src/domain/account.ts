import { precondition } from '@souk/kernel';
import type { Role } from './role.ts';

/** A registered person. */
export interface Account {
  /** UUIDv7. */
  readonly id: string;
  /** The address as it was written. */
  readonly email: string;
  /** May be empty. */
  readonly displayName: string;
  /** BCP 47 tag. */
  readonly locale: string;
  /** Sorted; always with `shopper`. */
  readonly roles: readonly Role[];
  /** Counts the changes, from 1. */
  readonly version: bigint;
  readonly createTime: Date;
}

/** What happened to an account; published to whoever listens. */
export type AccountFact = { readonly accountId: string; readonly version: bigint; readonly time: Date } & (
  | { readonly type: 'registered' }
  | { readonly type: 'role-granted' | 'role-revoked'; readonly role: Role; readonly actorId: string }
);

/** A role given or taken, with the record of it. */
export interface RoleChange {
  readonly action: 'grant' | 'revoke';
  readonly role: Role;
  /** The account that does it; empty for the platform itself. */
  readonly actorId: string;
  readonly reason: string;
}

/** What two addresses have in common when they are one mailbox to sign in with: case and outer blanks do not count. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/**
 * The account after a change of its roles, or `undefined` when there is nothing to change.
 *
 * @param admins how many accounts hold `admin` now.
 * @throws ROLE_REQUIRED, LAST_ADMIN
 */
export function changeRole(account: Account, change: RoleChange, admins: number): Account | undefined {
  const held = account.roles.includes(change.role);
  if (change.action === 'grant') {
    if (held) return undefined;
    return { ...account, roles: [...account.roles, change.role].sort(), version: account.version + 1n };
  }
  if (change.role === 'shopper') throw precondition('ROLE_REQUIRED', 'every account keeps the role shopper');
  if (!held) return undefined;
  if (change.role === 'admin' && admins <= 1)
    throw precondition('LAST_ADMIN', 'the last administrator cannot lose the role');
  return {
    ...account,
    roles: account.roles.filter((role) => role !== change.role),
    version: account.version + 1n,
  };
}
