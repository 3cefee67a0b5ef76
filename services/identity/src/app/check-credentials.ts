import { exhausted } from '@souk/kernel';
import { type Account, emailKey } from '../domain/account.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * The account that an address and a password prove, or `undefined`. Costs one hash whether or not the address is known,
 * and one more when the stored hash is weaker than today's parameters.
 *
 * @throws LOGIN_THROTTLED, HASHING_BUSY
 */
export async function checkCredentials(
  ports: IdentityPorts,
  email: string,
  password: string,
): Promise<Account | undefined> {
  const key = emailKey(email);
  await admitAttempt(ports, key);
  const known = await ports.accounts.findByEmail(key);
  const { ok, outdated } = await ports.passwords.verify(known?.passwordHash, password);
  if (known === undefined || !ok) return undefined;
  await ports.throttle.succeeded(key);
  if (outdated)
    await ports.accounts.replacePasswordHash(
      known.account.id,
      known.passwordHash,
      await ports.passwords.hash(password),
    );
  return known.account;
}

async function admitAttempt(ports: IdentityPorts, key: string): Promise<void> {
  const waitMs = await ports.throttle.attempt(key, ports.clock.now());
  if (waitMs > 0)
    throw exhausted('LOGIN_THROTTLED', 'too many attempts to sign in to this address', {
      retryAfterMs: waitMs,
    });
}
