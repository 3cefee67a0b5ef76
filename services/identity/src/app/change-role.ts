import type { Account, RoleChange } from '../domain/account.ts';
import { changeRole as applyChange } from '../domain/account.ts';
import { accountNotFound } from './get-account.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * Gives an account a role or takes one, with the record of who did it and why.
 *
 * @throws ACCOUNT_NOT_FOUND, ROLE_REQUIRED, LAST_ADMIN
 */
export async function changeRole(
  ports: IdentityPorts,
  accountId: string,
  change: RoleChange,
): Promise<Account> {
  const account = await ports.accounts.updateRoles(accountId, (before, admins) => {
    const after = applyChange(before, change, admins);
    if (after === undefined) return undefined;
    return {
      account: after,
      change,
      fact: {
        type: change.action === 'grant' ? 'role-granted' : 'role-revoked',
        accountId,
        version: after.version,
        time: ports.clock.now(),
        role: change.role,
        actorId: change.actorId,
      },
    };
  });
  if (account === undefined) throw accountNotFound();
  return account;
}
