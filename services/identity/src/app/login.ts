import { denied, unauthenticated } from '@souk/kernel';
import { type Account, emailKey } from '../domain/account.ts';
import type { Device } from '../domain/session.ts';
import { checkCredentials } from './check-credentials.ts';
import { openSession, type TokenPair } from './open-session.ts';
import type { IdentityPorts } from './ports.ts';
import { proveSecondFactor } from './second-factor.ts';

/** An account and its new session. */
export interface SignedIn {
  readonly account: Account;
  readonly tokens: TokenPair;
}

/**
 * Opens a session for an account.
 *
 * @throws CREDENTIALS_INVALID, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_INVALID, LOGIN_THROTTLED, HASHING_BUSY, ACCOUNT_LOCKED
 */
export async function login(
  ports: IdentityPorts,
  email: string,
  password: string,
  code: string,
  device: Device,
): Promise<SignedIn> {
  const account = await checkCredentials(ports, email, password, device.address);
  if (account === undefined)
    throw unauthenticated('CREDENTIALS_INVALID', 'no account has this address and password');
  await proveSecondFactor(ports, account.id, code);
  // Only now: who knows the password must not guess codes for free.
  await ports.throttle.succeeded(emailKey(email), device.address);
  return signIn(ports, account, device);
}

/**
 * Opens a session for an account that has proved itself.
 *
 * @throws ACCOUNT_LOCKED
 */
export async function signIn(ports: IdentityPorts, account: Account, device: Device): Promise<SignedIn> {
  if (account.lockTime !== undefined) throw denied('ACCOUNT_LOCKED', 'the account is locked');
  const { id, roles, version } = account;
  return { account, tokens: await openSession(ports, { kind: 'user', id, roles, version }, device) };
}
