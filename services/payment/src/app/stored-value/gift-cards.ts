import { exhausted } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import { type GiftCard, giftCardNotFound, normalCode, requireUsable } from '../../domain/gift-card.ts';
import { positive } from '../../domain/payment.ts';
import type { OperationKey } from '../ports.ts';
import type { GiftCardIssue, StoredValuePorts } from './ports.ts';

/** A new card with its code, told this once. */
export interface IssuedGiftCard {
  readonly card: GiftCard;
  readonly code: string;
}

/**
 * Makes gift cards. Repeated with the same request it tells the same codes, which are nowhere stored.
 *
 * @throws DomainError AMOUNT_INVALID, CARD_DATA_REFUSED, REQUEST_ID_REUSED.
 */
export async function issueGiftCards(
  { giftCards, codeOf, clock }: StoredValuePorts,
  key: OperationKey,
  issue: GiftCardIssue,
): Promise<IssuedGiftCard[]> {
  refuseCardData({ note: issue.note });
  positive(issue.amount);
  const codes = Array.from({ length: issue.count }, (_none, index) => codeOf(key.requestId, index));
  const cards = await giftCards.issue(key, issue, codes, clock.now());
  return cards.map((card, index) => ({ card, code: codes[index] ?? '' }));
}

/**
 * What is on a card, for whoever knows its code. Tries of codes that do not exist are bounded.
 *
 * @throws DomainError GIFT_CARD_NOT_FOUND, GIFT_CARD_UNUSABLE, GIFT_CARD_GUESSES_EXCEEDED, CARD_DATA_REFUSED.
 */
export async function checkGiftCard(
  { giftCards, guesses, clock }: StoredValuePorts,
  principalId: string,
  code: string,
): Promise<GiftCard> {
  refuseCardData({ code });
  if (await guesses.isExceeded(principalId)) throw tooManyGuesses();
  const normal = normalCode(code);
  const card = normal === undefined ? undefined : await giftCards.findByCode(normal);
  if (card === undefined) {
    await guesses.failed(principalId);
    throw giftCardNotFound();
  }
  requireUsable(card, clock.now());
  return card;
}

/** @throws DomainError GIFT_CARD_NOT_FOUND. */
export async function getGiftCard({ giftCards }: StoredValuePorts, giftCardId: string): Promise<GiftCard> {
  const card = await giftCards.find(giftCardId);
  if (card === undefined) throw giftCardNotFound();
  return card;
}

/**
 * Lets a card pay no more; what payments hold of it stays held.
 *
 * @throws DomainError GIFT_CARD_NOT_FOUND.
 */
export async function disableGiftCard(
  { giftCards }: StoredValuePorts,
  giftCardId: string,
): Promise<GiftCard> {
  const card = await giftCards.disable(giftCardId);
  if (card === undefined) throw giftCardNotFound();
  return card;
}

/** The refusal of somebody who tries codes. */
function tooManyGuesses(): Error {
  return exhausted('GIFT_CARD_GUESSES_EXCEEDED', 'Too many codes that do not exist; try again in an hour.', {
    retryAfterMs: 3_600_000,
  });
}
