import { createHmac } from 'node:crypto';
import { codeFrom } from '../domain/gift-card.ts';
import type { HashCode } from './tender-books.ts';

/** How codes are made and hashed: both under a key that the database does not hold. */
export interface GiftCardSecrets {
  readonly hashCode: HashCode;
  /** The code of the nth card of an issue. */
  codeOf(requestId: string, index: number): string;
}

/** Derives both from two secrets of the service. */
export function giftCardSecrets(codeSecret: string, hashSecret: string): GiftCardSecrets {
  const digest = (secret: string, text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  return {
    hashCode: (normalCode) => digest(hashSecret, normalCode),
    codeOf: (requestId, index) =>
      codeFrom(digest(codeSecret, `${requestId.toLowerCase()}:${index}`).subarray(0, 10)),
  };
}
