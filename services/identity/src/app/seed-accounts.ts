import type { IdentityPorts } from './ports.ts';
import { seedAccount } from './seed-account.ts';

/** What the configuration says about accounts that exist from the first start. */
export interface Seeds {
  readonly adminEmail?: string | undefined;
  readonly adminPassword?: string | undefined;
  readonly demoPassword?: string | undefined;
}

const DEMO_ACCOUNTS = [
  { email: 'shopper@souk.example', displayName: 'Sam Shopper', role: 'shopper' },
  { email: 'support@souk.example', displayName: 'Sasha Support', role: 'support' },
  { email: 'merchandiser@souk.example', displayName: 'Max Merchandiser', role: 'merchandiser' },
] as const;

/** Sees to it that the first administrator and, where a demo is wanted, one account of each other role exist. */
export async function seedAccounts(
  ports: IdentityPorts,
  { adminEmail, adminPassword, demoPassword }: Seeds,
): Promise<void> {
  if (adminEmail !== undefined && adminPassword !== undefined)
    await seedAccount(ports, {
      email: adminEmail,
      password: adminPassword,
      displayName: 'Administrator',
      role: 'admin',
      reason: 'first administrator, from configuration',
    });
  if (demoPassword === undefined) return;
  for (const account of DEMO_ACCOUNTS)
    await seedAccount(ports, {
      ...account,
      password: demoPassword,
      reason: 'demo account, from configuration',
    });
}
