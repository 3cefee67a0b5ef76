import { type DomainError, type Money, notFound, precondition } from '@souk/kernel';

/** Crockford's base 32: no I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Characters of a code: 80 bits, too many to guess. */
const CODE_LENGTH = 16;

/** A card that pays. Its code is known to its holder only. */
export interface GiftCard {
  readonly id: string;
  readonly lastCharacters: string;
  readonly initialAmount: Money;
  readonly balance: Money;
  readonly held: Money;
  readonly isDisabled: boolean;
  readonly expireTime: Date | undefined;
  readonly note: string;
  readonly createTime: Date;
}

/** Writes 10 random bytes as a code in groups: `7K2M-Q4XD-…`. @throws RangeError for another number of bytes. */
export function codeFrom(bytes: Uint8Array): string {
  if (bytes.length !== (CODE_LENGTH * 5) / 8) throw new RangeError('a code is made of 10 bytes');
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let index = CODE_LENGTH - 1; index >= 0; index--)
    text += ALPHABET[Number((bits >> BigInt(index * 5)) & 31n)] ?? '';
  return text.match(/.{4}/g)?.join('-') ?? text;
}

/** One spelling of a code as people type it; undefined if it cannot be one. */
export function normalCode(text: string): string | undefined {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return plain.length === CODE_LENGTH && [...plain].every((it) => ALPHABET.includes(it)) ? plain : undefined;
}

/** @throws DomainError GIFT_CARD_UNUSABLE if the card is disabled or has ended. */
export function requireUsable(card: GiftCard, now: Date): void {
  const hasEnded = card.expireTime !== undefined && card.expireTime <= now;
  if (!card.isDisabled && !hasEnded) return;
  throw precondition('GIFT_CARD_UNUSABLE', 'The gift card cannot be used.', {
    metadata: { cause: card.isDisabled ? 'DISABLED' : 'EXPIRED' },
  });
}

/** The refusal of a code or an id that there is not. */
export function giftCardNotFound(): DomainError {
  return notFound('GIFT_CARD_NOT_FOUND', 'There is no such gift card.');
}
