import { aborted, newId } from '@souk/kernel';
import { type Account, emailKey } from '../domain/account.ts';
import { MAIL_LIFE_MS } from '../domain/mail.ts';
import { checkPassword } from '../domain/password-policy.ts';
import type { Device } from '../domain/session.ts';
import { admitAttempt } from './check-credentials.ts';
import { type SignedIn, signIn } from './login.ts';
import type { IdentityPorts, NewAccount } from './ports.ts';

/** What a person registers with. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly locale: string;
}

const RACES = 5;

/**
 * Registers an account and opens its first session, or another session of the same account when it is repeated before the
 * address is confirmed. Costs two hashes – one to check against what is there, one to store – whether or not the address is
 * taken, so that neither the answer nor the work tells.
 *
 * @throws PASSWORD_TOO_COMMON, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function register(
  ports: IdentityPorts,
  registration: Registration,
  device: Device,
): Promise<SignedIn> {
  checkPassword(registration.password, registration.email);
  const key = emailKey(registration.email);
  await admitAttempt(ports, `register:${key}`, device.address);
  for (let race = 0; race < RACES; race++) {
    const before = await ports.accounts.findUnconfirmed(key);
    const { ok } = await ports.passwords.verify(before?.passwordHash, registration.password);
    const passwordHash = await ports.passwords.hash(registration.password);
    if (ok && before !== undefined) return signIn(ports, before.account, device);
    const added = newAccount(ports, registration, passwordHash, before?.account.id);
    if (await ports.accounts.insert(added)) return signIn(ports, added.account, device);
  }
  throw aborted('CONFLICT', 'the address is being registered at the same time');
}

function newAccount(
  ports: IdentityPorts,
  registration: Registration,
  passwordHash: string,
  after: string | undefined,
): NewAccount {
  const account = accountOf(registration, ports.clock.now(), undefined);
  const expireTime = new Date(account.createTime.getTime() + MAIL_LIFE_MS['confirm-email']);
  return {
    account,
    passwordHash,
    mail: { id: newId(), accountId: account.id, purpose: 'confirm-email', expireTime },
    audit: [{ actorId: account.id, action: 'account.registered', subjectId: account.id, detail: {} }],
    after,
  };
}

/** A new account with the role `shopper`. */
export function accountOf(
  registration: Registration,
  now: Date,
  emailConfirmTime: Date | undefined,
): Account {
  return {
    id: newId(),
    email: registration.email.trim(),
    emailConfirmTime,
    lockTime: undefined,
    displayName: registration.displayName.trim(),
    locale: registration.locale,
    roles: ['shopper'],
    version: 1n,
    createTime: now,
  };
}
