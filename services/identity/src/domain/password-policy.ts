import { invalid } from '@souk/kernel';
import { emailKey } from './account.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/**
 * Refuses passwords that are guessed first. Length is the contract's business; there are no rules of composition
 * (NIST SP 800-63B §3.1.1.2).
 *
 * @throws PASSWORD_TOO_COMMON
 */
export function checkPassword(password: string, email: string, field = 'password'): void {
  const key = password.normalize('NFKC').toLowerCase();
  const address = emailKey(email);
  if (COMMON_PASSWORDS.has(key) || key === address || key === address.split('@')[0] || isRepetition(key))
    throw invalid('PASSWORD_TOO_COMMON', 'this password is among the first that are guessed', {
      field,
    });
}

/** Whether a text is one or two characters over and over. */
function isRepetition(text: string): boolean {
  return new Set(text).size <= 2;
}
