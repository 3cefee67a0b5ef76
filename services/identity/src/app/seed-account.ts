import { emailKey } from '../domain/account.ts';
import type { Role } from '../domain/role.ts';
import { changeRole } from './change-role.ts';
import type { IdentityPorts } from './ports.ts';
import { accountOf } from './register.ts';

/** An account that the configuration asks for. */
export interface Seed {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly role: Role;
  /** Why it holds the role; kept with the grant. */
  readonly reason: string;
}

/**
 * Sees to it that a configured account exists, with a confirmed address. An account that has the address already gets the
 * role and keeps its password. Safe to run at every start, by several replicas at once.
 */
export async function seedAccount(ports: IdentityPorts, seed: Seed): Promise<void> {
  const { email, password, displayName, role, reason } = seed;
  const key = emailKey(email);
  if ((await ports.accounts.findByEmail(key)) === undefined) {
    const now = ports.clock.now();
    const account = accountOf({ email, password, displayName, locale: 'en-GB' }, now, now);
    await ports.accounts.insert({
      account,
      passwordHash: await ports.passwords.hash(password),
      mail: undefined,
      audit: [{ actorId: '', action: 'account.seeded', subjectId: account.id, detail: {} }],
      after: (await ports.accounts.findUnconfirmed(key))?.account.id,
    });
  }
  const stored = await ports.accounts.findByEmail(key);
  if (stored === undefined) throw new Error(`the ${role} of the configuration could not be stored`);
  await changeRole(ports, stored.account.id, { action: 'grant', role, actorId: '', reason });
}
