import { type Account, changeRole as applyChange, type RoleChange } from '../domain/account.ts';
import { accountNotFound } from './get-account.ts';
import type { IdentityPorts } from './ports.ts';

/** A role given or taken, with who does it and why. */
export interface RoleOrder extends RoleChange {
  /** The account that does it; empty for the platform itself. */
  readonly actorId: string;
  readonly reason: string;
}

/**
 * Gives an account a role or takes one, with the record of who did it and why. Its access tokens end; the next refresh has
 * the roles it holds then.
 *
 * @throws ACCOUNT_NOT_FOUND, ROLE_REQUIRED, LAST_ADMIN
 */
export async function changeRole(
  ports: IdentityPorts,
  accountId: string,
  order: RoleOrder,
): Promise<Account> {
  const { role, actorId, reason } = order;
  const done = order.action === 'grant' ? 'role-granted' : 'role-revoked';
  const account = await ports.accounts.change(accountId, (before, { admins }) => {
    const after = applyChange(before, order, admins);
    if (after === undefined) return undefined;
    return {
      account: after,
      facts: [{ type: done, accountId, version: after.version, time: ports.clock.now(), role, actorId }],
      audit: [{ actorId, action: done.replace('-', '.'), subjectId: accountId, detail: { role, reason } }],
      ends: 'access-tokens',
    };
  });
  if (account === undefined) throw accountNotFound();
  return account;
}
