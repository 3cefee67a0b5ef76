/** Tokens of test cards: undefined accepts, a text declines with that code. */
export const TEST_CARDS: ReadonlyMap<string, string | undefined> = new Map([
  ['pm_card_visa', undefined],
  ['pm_card_mastercard', undefined],
  ['pm_card_amex', undefined],
  ['pm_card_declined', 'generic_decline'],
  ['pm_card_insufficient_funds', 'insufficient_funds'],
  ['pm_card_expired', 'expired_card'],
  ['pm_card_lost', 'lost_card'],
  ['pm_card_fraudulent', 'fraudulent'],
]);
