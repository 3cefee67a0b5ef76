import type { Money } from '@souk/kernel';
import type { PlaceParts } from './address-key.ts';
import type { Blockable, Countries } from './facts.ts';

/** What the payer's side tells; any text may be empty. */
export interface Payer {
  readonly email: string;
  readonly billing: PlaceParts | undefined;
  readonly shipping: PlaceParts | undefined;
  /** What the client calls its device. */
  readonly deviceId: string;
}

/** An attempt to pay, before anybody is asked. */
export interface PaymentAttempt {
  /** The payment's id. */
  readonly paymentId: string;
  /** The caller's request id: a repeated attempt is counted once. */
  readonly requestId: string;
  readonly customerId: string;
  readonly amount: Money;
  /** What tells this card from others; empty where it is not known. */
  readonly cardFingerprint: string;
  /** Where the card was issued; empty where it is not known. */
  readonly cardCountry: string;
  readonly payer: Payer;
}

/** Pseudonyms of what an attempt names: keyed hashes, empty where it does not name it. */
export type Subjects = Readonly<Record<Blockable, string>>;

/** The countries that an attempt names. */
export function countriesOf({ payer, cardCountry }: PaymentAttempt): Countries {
  return {
    billing: payer.billing?.country ?? '',
    shipping: payer.shipping?.country ?? '',
    card: cardCountry,
  };
}
