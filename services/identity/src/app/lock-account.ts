import { type Account, changed, keepAnAdmin } from '../domain/account.ts';
import { accountNotFound } from './get-account.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * Locks an account or unlocks it, with the record of who did it and why. Locking ends its sessions and access tokens.
 *
 * @throws ACCOUNT_NOT_FOUND, LAST_ADMIN
 */
export async function lockAccount(
  ports: IdentityPorts,
  accountId: string,
  lock: boolean,
  { actorId, reason }: { actorId: string; reason: string },
): Promise<Account> {
  const now = ports.clock.now();
  const account = await ports.accounts.change(accountId, (before, { admins }) => {
    if ((before.lockTime !== undefined) === lock) return undefined;
    if (lock) keepAnAdmin(before, admins);
    const after = changed(before, { lockTime: lock ? now : undefined });
    const done = lock ? 'locked' : 'unlocked';
    return {
      account: after,
      facts: [{ type: done, accountId, version: after.version, time: now, actorId }],
      audit: [{ actorId, action: `account.${done}`, subjectId: accountId, detail: { reason } }],
      ...(lock ? { ends: 'lock' } : {}),
    };
  });
  if (account === undefined) throw accountNotFound();
  return account;
}
