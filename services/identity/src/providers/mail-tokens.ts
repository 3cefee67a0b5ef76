import { createHmac, timingSafeEqual } from 'node:crypto';
import { isUuid } from '@souk/kernel';
import type { MailTokens } from '../app/ports.ts';

/**
 * Secrets of mails: the mail's id and a keyed hash of it. A copy of the database holds none of them.
 *
 * @param key 256 bits or more, as text.
 */
export function mailTokens(key: string): MailTokens {
  const hashOf = (mailId: string): Buffer => createHmac('sha256', key).update(mailId).digest();
  return {
    mint: (mailId) => `${mailId.replaceAll('-', '')}${hashOf(mailId).toString('base64url')}`,
    read(token) {
      const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})([\w-]{43})$/.exec(
        token,
      );
      if (parts === null) return undefined;
      const mailId = parts.slice(1, 6).join('-');
      const given = Buffer.from(parts[6] ?? '', 'base64url');
      const expected = hashOf(mailId);
      const genuine = given.length === expected.length && timingSafeEqual(given, expected);
      return genuine && isUuid(mailId) ? mailId : undefined;
    },
  };
}
