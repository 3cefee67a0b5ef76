import { precondition } from '@souk/kernel';
import type { Role } from './role.ts';

/** A registered person. */
export interface Account {
  /** UUIDv7. */
  readonly id: string;
  /** The address as it was written. */
  readonly email: string;
  /** When the address was confirmed. Until then nobody signs in with it, and others may register it too. */
  readonly emailConfirmTime: Date | undefined;
  /** Since when nobody may sign in. */
  readonly lockTime: Date | undefined;
  /** May be empty. */
  readonly displayName: string;
  /** BCP 47 tag. */
  readonly locale: string;
  /** Sorted; always with `shopper`. */
  readonly roles: readonly Role[];
  /** Counts the changes, from 1. Access tokens carry the one they were issued for. */
  readonly version: bigint;
  readonly createTime: Date;
}

/** What happened to an account; published to whoever listens. */
export type AccountFact = { readonly accountId: string; readonly version: bigint; readonly time: Date } & (
  | { readonly type: 'registered' | 'registration-repeated' | 'password-changed' | 'deleted' }
  | { readonly type: 'role-granted' | 'role-revoked'; readonly role: Role; readonly actorId: string }
  | { readonly type: 'confirmation-requested' | 'reset-requested'; readonly mailId: string }
  | { readonly type: 'email-confirmed'; readonly supersededIds: readonly string[] }
  | { readonly type: 'locked' | 'unlocked'; readonly actorId: string }
);

/** A role given or taken. */
export interface RoleChange {
  readonly action: 'grant' | 'revoke';
  readonly role: Role;
}

/** What two addresses have in common when they are one mailbox to sign in with: case and outer blanks do not count. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** The account after a change that is not told here. */
export function changed(account: Account, change: Partial<Omit<Account, 'id' | 'version'>>): Account {
  return { ...account, ...change, version: account.version + 1n };
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
    return changed(account, { roles: [...account.roles, change.role].sort() });
  }
  if (change.role === 'shopper') throw precondition('ROLE_REQUIRED', 'every account keeps the role shopper');
  if (!held) return undefined;
  if (change.role === 'admin') keepAnAdmin(account, admins);
  return changed(account, { roles: account.roles.filter((role) => role !== change.role) });
}

/**
 * Refuses what would take away the last administrator.
 *
 * @param admins how many accounts hold `admin` now.
 * @throws LAST_ADMIN
 */
export function keepAnAdmin(account: Account, admins: number): void {
  if (account.roles.includes('admin') && admins <= 1)
    throw precondition('LAST_ADMIN', 'the last administrator cannot lose the role');
}
