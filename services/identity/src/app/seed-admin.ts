import { emailKey } from '../domain/account.ts';
import { changeRole } from './change-role.ts';
import type { IdentityPorts } from './ports.ts';
import { accountOf } from './register.ts';

/**
 * Sees to it that the configured first administrator exists. An account that has the address already gets the role and
 * keeps its password. Safe to run at every start, by several replicas at once.
 */
export async function seedAdmin(ports: IdentityPorts, email: string, password: string): Promise<void> {
  const key = emailKey(email);
  if ((await ports.accounts.findByEmail(key)) === undefined) {
    const now = ports.clock.now();
    const registration = { email, password, displayName: 'Administrator', locale: 'en-GB' };
    const account = accountOf(registration, now, now);
    await ports.accounts.insert({
      account,
      passwordHash: await ports.passwords.hash(password),
      mail: undefined,
      audit: [{ actorId: '', action: 'account.seeded', subjectId: account.id, detail: {} }],
      after: (await ports.accounts.findUnconfirmed(key))?.account.id,
    });
  }
  const admin = await ports.accounts.findByEmail(key);
  if (admin === undefined) throw new Error('the first administrator could not be stored');
  await changeRole(ports, admin.account.id, {
    action: 'grant',
    role: 'admin',
    actorId: '',
    reason: 'first administrator, from configuration',
  });
}
