import { type Account, changed } from '../domain/account.ts';
import { checkPassword } from '../domain/password-policy.ts';
import type { Device } from '../domain/session.ts';
import { provePassword } from './check-credentials.ts';
import { accountNotFound } from './get-account.ts';
import { signIn } from './login.ts';
import type { TokenPair } from './open-session.ts';
import type { AccountUpdate, IdentityPorts } from './ports.ts';

/**
 * Changes the password of an account whose holder is signed in. Every session ends; a new one is opened.
 *
 * @throws ACCOUNT_NOT_FOUND, CREDENTIALS_INVALID, PASSWORD_TOO_COMMON, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function changePassword(
  ports: IdentityPorts,
  accountId: string,
  current: string,
  next: string,
  device: Device,
): Promise<TokenPair> {
  const credentials = await ports.accounts.findCredentials(accountId);
  if (credentials === undefined) throw accountNotFound();
  checkPassword(next, credentials.account.email, 'new_password');
  await provePassword(ports, credentials, current, device.address);
  const passwordHash = await ports.passwords.hash(next);
  const account = await ports.accounts.change(accountId, (before) =>
    withPassword(before, passwordHash, ports.clock.now(), 'password.changed'),
  );
  if (account === undefined) throw accountNotFound();
  return (await signIn(ports, account, device)).tokens;
}

/** An account after its password was set: all sessions end, and its holder is told. */
export function withPassword(
  before: Account,
  passwordHash: string,
  now: Date,
  action: string,
): AccountUpdate & { account: Account } {
  const account = changed(before, {});
  return {
    account,
    passwordHash,
    facts: [{ type: 'password-changed', accountId: account.id, version: account.version, time: now }],
    audit: [{ actorId: account.id, action, subjectId: account.id, detail: {} }],
    ends: 'password',
  };
}
