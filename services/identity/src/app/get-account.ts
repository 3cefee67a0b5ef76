import { notFound } from '@souk/kernel';
import type { Account } from '../domain/account.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * An account that exists.
 *
 * @throws ACCOUNT_NOT_FOUND
 */
export async function getAccount(ports: IdentityPorts, accountId: string): Promise<Account> {
  const account = await ports.accounts.findById(accountId);
  if (account === undefined) throw accountNotFound();
  return account;
}

/** The error for an account that is absent, or not the caller's to see. */
export function accountNotFound(): Error {
  return notFound('ACCOUNT_NOT_FOUND', 'there is no such account');
}
