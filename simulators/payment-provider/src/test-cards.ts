import { createHash } from 'node:crypto';

/** Tokens of test cards: undefined accepts, a text declines with that code. */
export const TEST_CARDS: ReadonlyMap<string, string | undefined> = new Map([
  ['pm_card_visa', undefined],
  ['pm_card_mastercard', undefined],
  ['pm_card_amex', undefined],
  ['pm_card_gb', undefined],
  ['pm_card_us', undefined],
  ['pm_card_declined', 'generic_decline'],
  ['pm_card_insufficient_funds', 'insufficient_funds'],
  ['pm_card_expired', 'expired_card'],
  ['pm_card_lost', 'lost_card'],
  ['pm_card_fraudulent', 'fraudulent'],
  ['pm_card_challenge', undefined],
]);

/** Test cards whose bank asks the payer first, as 3-D Secure does. */
export const CHALLENGES: ReadonlySet<string> = new Set(['pm_card_challenge']);

/** What may be known of a card: nothing that pays. */
export interface CardDetails {
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly country: string;
  /** The same for the same card, whatever its tokens. */
  readonly fingerprint: string;
}

const FACES: Readonly<Record<string, readonly [brand: string, last4: string, country: string]>> = {
  pm_card_mastercard: ['mastercard', '4444', 'US'],
  pm_card_amex: ['amex', '8431', 'US'],
  pm_card_gb: ['visa', '0000', 'GB'],
};

/**
 * The test card that a token stands for. `pm_card_visa-anything` is one particular card that behaves as `pm_card_visa`; the
 * plain token stands for another card each time.
 */
export function testCardOf(token: string): string {
  return token.split('-', 1)[0] ?? '';
}

/** What may be known of a token's card; `unique` tells the cards of plain tokens apart. */
export function detailsOf(token: string, unique: string): CardDetails {
  const card = testCardOf(token);
  const [brand, last4, country] = FACES[card] ?? ['visa', '4242', 'US'];
  const seed = card === token ? unique : token;
  const fingerprint = createHash('sha256').update(seed).digest('hex').slice(0, 16);
  return { brand, last4, exp_month: 12, exp_year: 2039, country, fingerprint };
}
