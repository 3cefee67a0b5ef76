import { invalid } from '@souk/kernel';
import { emailKey } from '../domain/account.ts';
import type { AccountMail, MailPurpose } from '../domain/mail.ts';
import { checkPassword } from '../domain/password-policy.ts';
import { withPassword } from './change-password.ts';
import { confirmed } from './confirm-email.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * Asks for a mail with which a new password can be set: of the address's confirmed account, or of the newest that is not
 * confirmed. Does the same work when there is none.
 */
export async function requestPasswordReset(ports: IdentityPorts, email: string): Promise<void> {
  const key = emailKey(email);
  const [known, unconfirmed] = await Promise.all([
    ports.accounts.findByEmail(key),
    ports.accounts.findUnconfirmed(key),
  ]);
  await ports.mails.ask(key, 'reset-password', (known ?? unconfirmed)?.account);
}

/**
 * Sets a new password with the secret of a mail, which works once. Whoever reads the mail has confirmed the address, too.
 * Every session ends.
 *
 * @throws MAIL_TOKEN_INVALID, PASSWORD_TOO_COMMON, HASHING_BUSY
 */
export async function resetPassword(ports: IdentityPorts, token: string, next: string): Promise<void> {
  const mail = await usableMail(ports, token, 'reset-password');
  const account = await ports.accounts.findById(mail.accountId);
  checkPassword(next, account?.email ?? '', 'new_password');
  const passwordHash = await ports.passwords.hash(next);
  const now = ports.clock.now();
  const changed = await ports.accounts.change(
    mail.accountId,
    (before, { rivalIds }) => {
      const reset = withPassword(before, passwordHash, now, 'password.reset');
      if (before.emailConfirmTime !== undefined) return reset;
      const proven = confirmed(reset.account, rivalIds, now);
      return {
        ...reset,
        ...proven,
        facts: [...reset.facts, ...proven.facts],
        audit: [...reset.audit, ...proven.audit],
      };
    },
    mail.id,
  );
  if (changed === undefined) throw mailTokenInvalid();
}

/**
 * The mail whose secret this is.
 *
 * @throws MAIL_TOKEN_INVALID
 */
export async function usableMail(
  ports: IdentityPorts,
  token: string,
  purpose: MailPurpose,
): Promise<AccountMail> {
  const mailId = ports.mailTokens.read(token);
  const mail = mailId === undefined ? undefined : await ports.mails.findUsable(mailId);
  if (mail?.purpose !== purpose) throw mailTokenInvalid();
  return mail;
}

/** The error for a secret that does not work, or no more. */
export function mailTokenInvalid(): Error {
  return invalid('MAIL_TOKEN_INVALID', 'the link is not, or no longer, valid', { field: 'token' });
}
