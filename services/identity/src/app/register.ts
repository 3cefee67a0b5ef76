import { alreadyExists, newId } from '@souk/kernel';
import { type Account, emailKey } from '../domain/account.ts';
import { checkPassword } from '../domain/password-policy.ts';
import { checkCredentials } from './check-credentials.ts';
import { type SignedIn, signIn } from './login.ts';
import type { IdentityPorts } from './ports.ts';

/** What a person registers with. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly locale: string;
}

/**
 * Registers an account and opens its first session. An address that is taken is signed in to when the password is its
 * own, which makes a retry safe, and refused otherwise.
 *
 * @throws PASSWORD_TOO_COMMON, EMAIL_TAKEN, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function register(ports: IdentityPorts, registration: Registration): Promise<SignedIn> {
  checkPassword(registration.password, registration.email);
  const taken = (await ports.accounts.findByEmail(emailKey(registration.email))) !== undefined;
  const account = taken ? undefined : await createAccount(ports, registration);
  if (account !== undefined) return signIn(ports, account);
  const own = await checkCredentials(ports, registration.email, registration.password);
  if (own === undefined) throw alreadyExists('EMAIL_TAKEN', 'an account with this address exists');
  return signIn(ports, own);
}

/** Adds an account with the role `shopper`; `undefined` when its address is taken. */
export async function createAccount(
  ports: IdentityPorts,
  registration: Registration,
): Promise<Account | undefined> {
  const account: Account = {
    id: newId(),
    email: registration.email.trim(),
    displayName: registration.displayName.trim(),
    locale: registration.locale,
    roles: ['shopper'],
    version: 1n,
    createTime: ports.clock.now(),
  };
  const passwordHash = await ports.passwords.hash(registration.password);
  const inserted = await ports.accounts.insert(account, passwordHash, [
    { type: 'registered', accountId: account.id, version: account.version, time: account.createTime },
  ]);
  return inserted ? account : undefined;
}
