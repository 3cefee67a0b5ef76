import { unauthenticated } from '@souk/kernel';
import type { Account } from '../domain/account.ts';
import { checkCredentials } from './check-credentials.ts';
import { openSession, type TokenPair } from './open-session.ts';
import type { IdentityPorts } from './ports.ts';

/** An account and its new session. */
export interface SignedIn {
  readonly account: Account;
  readonly tokens: TokenPair;
}

/**
 * Opens a session for an account.
 *
 * @throws CREDENTIALS_INVALID, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function login(ports: IdentityPorts, email: string, password: string): Promise<SignedIn> {
  const account = await checkCredentials(ports, email, password);
  if (account === undefined)
    throw unauthenticated('CREDENTIALS_INVALID', 'no account has this address and password');
  return signIn(ports, account);
}

/** Opens a session for an account that has proved itself. */
export async function signIn(ports: IdentityPorts, account: Account): Promise<SignedIn> {
  const tokens = await openSession(ports, { kind: 'user', id: account.id, roles: account.roles });
  return { account, tokens };
}
