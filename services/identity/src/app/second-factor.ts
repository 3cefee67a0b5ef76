import { precondition, unauthenticated } from '@souk/kernel';
import { emailKey } from '../domain/account.ts';
import { admitAttempt, provePassword } from './check-credentials.ts';
import { accountNotFound } from './get-account.ts';
import type { Credentials, IdentityPorts } from './ports.ts';

const RECOVERY_CODES = 10;

/**
 * Makes sure that who knows an account's password has its second factor, too, if it has one. A code works once.
 *
 * @throws SECOND_FACTOR_REQUIRED, SECOND_FACTOR_INVALID
 */
export async function proveSecondFactor(
  { secondFactors }: Pick<IdentityPorts, 'secondFactors'>,
  accountId: string,
  code: string,
): Promise<void> {
  const factor = await secondFactors.find(accountId);
  if (factor?.confirmed !== true) return;
  if (code === '') throw unauthenticated('SECOND_FACTOR_REQUIRED', 'a code of the second factor is needed');
  if (!(await secondFactors.use(accountId, code))) throw codeInvalid();
}

/** Begins to set up an app. @throws SECOND_FACTOR_ENABLED, CREDENTIALS_INVALID, ACCOUNT_NOT_FOUND, LOGIN_THROTTLED */
export async function beginTotp(
  ports: IdentityPorts,
  accountId: string,
  password: string,
  place: string,
): Promise<{ secret: string; uri: string }> {
  const credentials = await credentialsOf(ports, accountId);
  await provePassword(ports, credentials, password, place);
  const begun = await ports.secondFactors.begin(accountId, credentials.account.email);
  if (begun === undefined) throw enabled();
  return begun;
}

/** Requires the app from now on. @throws SECOND_FACTOR_INVALID, SECOND_FACTOR_ENABLED, SECOND_FACTOR_NOT_ENABLED */
export async function confirmTotp(
  ports: IdentityPorts,
  accountId: string,
  code: string,
  place: string,
): Promise<string[]> {
  const { account } = await credentialsOf(ports, accountId);
  const factor = await ports.secondFactors.find(accountId);
  if (factor === undefined) throw notEnabled();
  if (factor.confirmed) throw enabled();
  await admitAttempt(ports, emailKey(account.email), place);
  const codes = await ports.secondFactors.confirm(accountId, code, RECOVERY_CODES);
  if (codes === undefined) throw codeInvalid();
  return codes;
}

/** Does not require the app any more. @throws CREDENTIALS_INVALID, SECOND_FACTOR_INVALID, SECOND_FACTOR_NOT_ENABLED */
export async function removeTotp(
  ports: IdentityPorts,
  accountId: string,
  { password, code }: { password: string; code: string },
  place: string,
): Promise<void> {
  const credentials = await credentialsOf(ports, accountId);
  await requireFactor(ports, accountId);
  await provePassword(ports, credentials, password, place);
  await admitAttempt(ports, emailKey(credentials.account.email), place);
  await proveSecondFactor(ports, accountId, code);
  await ports.secondFactors.remove(accountId);
}

/** New recovery codes. @throws SECOND_FACTOR_INVALID, SECOND_FACTOR_NOT_ENABLED, LOGIN_THROTTLED */
export async function regenerateCodes(
  ports: IdentityPorts,
  accountId: string,
  code: string,
  place: string,
): Promise<string[]> {
  const { account } = await credentialsOf(ports, accountId);
  await requireFactor(ports, accountId);
  await admitAttempt(ports, emailKey(account.email), place);
  await proveSecondFactor(ports, accountId, code);
  return ports.secondFactors.replaceCodes(accountId, RECOVERY_CODES);
}

async function credentialsOf(ports: IdentityPorts, accountId: string): Promise<Credentials> {
  const credentials = await ports.accounts.findCredentials(accountId);
  if (credentials === undefined) throw accountNotFound();
  return credentials;
}

async function requireFactor(ports: IdentityPorts, accountId: string): Promise<void> {
  if ((await ports.secondFactors.find(accountId))?.confirmed !== true) throw notEnabled();
}

function enabled(): Error {
  return precondition('SECOND_FACTOR_ENABLED', 'the account has a second factor already');
}

function notEnabled(): Error {
  return precondition('SECOND_FACTOR_NOT_ENABLED', 'the account has no second factor');
}

function codeInvalid(): Error {
  return unauthenticated('SECOND_FACTOR_INVALID', 'the code is not, or no longer, valid');
}
