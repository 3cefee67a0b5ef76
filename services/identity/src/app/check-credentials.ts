import { exhausted, unauthenticated } from '@souk/kernel';
import { type Account, emailKey } from '../domain/account.ts';
import type { Credentials, IdentityPorts } from './ports.ts';

/**
 * The confirmed account that an address and a password prove, or `undefined`. Costs one hash whether or not the address is
 * known, and one more when the stored hash is weaker than today's parameters.
 *
 * @param place network address of the caller; empty when unknown.
 * @throws LOGIN_THROTTLED, HASHING_BUSY
 */
export async function checkCredentials(
  ports: IdentityPorts,
  email: string,
  password: string,
  place: string,
): Promise<Account | undefined> {
  const key = emailKey(email);
  await admitAttempt(ports, key, place);
  const known = await ports.accounts.findByEmail(key);
  return (await isPassword(ports, known, password)) ? known?.account : undefined;
}

/**
 * Makes sure that whoever holds a session of an account knows its password, too. Guesses count as attempts to sign in.
 *
 * @throws CREDENTIALS_INVALID, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function provePassword(
  ports: IdentityPorts,
  credentials: Credentials,
  password: string,
  place: string,
): Promise<void> {
  const key = emailKey(credentials.account.email);
  await admitAttempt(ports, key, place);
  if (!(await isPassword(ports, credentials, password)))
    throw unauthenticated('CREDENTIALS_INVALID', 'this is not the password');
  await ports.throttle.succeeded(key, place);
}

/**
 * Counts an attempt for an address.
 *
 * @throws LOGIN_THROTTLED
 */
export async function admitAttempt(ports: IdentityPorts, key: string, place: string): Promise<void> {
  const waitMs = await ports.throttle.attempt(key, place, ports.clock.now(), async () =>
    place === '' ? false : ports.sessions.knowsPlace(key, place),
  );
  if (waitMs > 0)
    throw exhausted('LOGIN_THROTTLED', 'too many attempts to sign in', { retryAfterMs: waitMs });
}

async function isPassword(
  ports: IdentityPorts,
  known: Credentials | undefined,
  password: string,
): Promise<boolean> {
  const { ok, outdated } = await ports.passwords.verify(known?.passwordHash, password);
  if (known === undefined || !ok) return false;
  if (outdated)
    await ports.accounts.replacePasswordHash(
      known.account.id,
      known.passwordHash,
      await ports.passwords.hash(password),
    );
  return true;
}
