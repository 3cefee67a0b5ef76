import { keepAnAdmin } from '../domain/account.ts';
import { provePassword } from './check-credentials.ts';
import { accountNotFound } from './get-account.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * Deletes an account for its holder, who proves the password. Its sessions and access tokens end.
 *
 * @throws ACCOUNT_NOT_FOUND, CREDENTIALS_INVALID, LAST_ADMIN, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function deleteAccount(
  ports: IdentityPorts,
  accountId: string,
  password: string,
  place: string,
): Promise<void> {
  const credentials = await ports.accounts.findCredentials(accountId);
  if (credentials === undefined) throw accountNotFound();
  await provePassword(ports, credentials, password, place);
  await erase(ports, accountId, accountId, 'account.deleted');
}

/** Deletes an account, with the record of it. One that is gone stays gone. @throws LAST_ADMIN */
export async function erase(
  ports: IdentityPorts,
  accountId: string,
  actorId: string,
  action: string,
): Promise<void> {
  await ports.accounts.change(accountId, (before, { admins }) => {
    keepAnAdmin(before, admins);
    const version = before.version + 1n;
    return {
      account: undefined,
      facts: [{ type: 'deleted', accountId, version, time: ports.clock.now() }],
      audit: [{ actorId, action, subjectId: accountId, detail: {} }],
      ends: 'deletion',
    };
  });
}
