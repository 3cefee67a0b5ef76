import { type Account, changed } from '../domain/account.ts';
import { provePassword } from './check-credentials.ts';
import type { AccountUpdate, IdentityPorts } from './ports.ts';
import { mailTokenInvalid, usableMail } from './reset-password.ts';

/** Who confirms an address. */
export interface Confirmation {
  readonly token: string;
  readonly password: string;
  /** The account whose session the call is made with, if any. */
  readonly signedInAs: string | undefined;
  readonly place: string;
}

/**
 * Confirms the address of an account: by the secret of a mail, and a session of the account or its password. Somebody who
 * registered with another person's address cannot make that person confirm the account by a careless click.
 *
 * @throws MAIL_TOKEN_INVALID, CREDENTIALS_INVALID, LOGIN_THROTTLED, HASHING_BUSY
 */
export async function confirmEmail(ports: IdentityPorts, given: Confirmation): Promise<Account> {
  const mail = await usableMail(ports, given.token, 'confirm-email');
  if (given.signedInAs !== mail.accountId) {
    const credentials = await ports.accounts.findCredentials(mail.accountId);
    if (credentials === undefined) throw mailTokenInvalid();
    await provePassword(ports, credentials, given.password, given.place);
  }
  const now = ports.clock.now();
  const account = await ports.accounts.change(
    mail.accountId,
    (before, { rivalIds }) =>
      before.emailConfirmTime === undefined ? confirmed(before, rivalIds, now) : undefined,
    mail.id,
  );
  if (account === undefined) throw mailTokenInvalid();
  return account;
}

/** Asks for another mail to confirm an account's address; does nothing when it is confirmed. */
export async function requestConfirmation(
  ports: IdentityPorts,
  account: Account,
  key: string,
): Promise<void> {
  if (account.emailConfirmTime === undefined) await ports.mails.ask(key, 'confirm-email', account);
}

/** An account after its address was confirmed. */
export function confirmed(
  before: Account,
  rivalIds: readonly string[],
  now: Date,
): AccountUpdate & { account: Account } {
  const account = changed(before, { emailConfirmTime: now });
  const { id: accountId, version } = account;
  return {
    account,
    facts: [{ type: 'email-confirmed', accountId, version, time: now, supersededIds: rivalIds }],
    audit: [{ actorId: accountId, action: 'email.confirmed', subjectId: accountId, detail: {} }],
  };
}
