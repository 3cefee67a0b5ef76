import { exhausted } from '@souk/kernel';

/** What may be known of a card: nothing that pays. */
export interface CardFace {
  readonly brand: string;
  readonly last4: string;
  readonly expireMonth: number;
  readonly expireYear: number;
  /** ISO 3166-1 alpha-2; empty where the provider does not say. */
  readonly country: string;
  /** The same for the same card, whatever its tokens; empty where the provider does not say. */
  readonly fingerprint: string;
}

/** A means of payment that its owner has saved. */
export interface PaymentMethod {
  readonly id: string;
  readonly customerId: string;
  readonly card: CardFace;
  readonly isDefault: boolean;
  /** The provider's id; pays. */
  readonly providerReference: string;
  readonly createTime: Date;
}

/** The most that one account may have. */
const MAX_METHODS = 20;

/** @throws DomainError PAYMENT_METHOD_LIMIT_EXCEEDED if one more is too many. */
export function requireRoom(count: number): void {
  if (count >= MAX_METHODS)
    throw exhausted('PAYMENT_METHOD_LIMIT_EXCEEDED', `At most ${MAX_METHODS} payment methods can be saved.`);
}

/** What people see of a method, for example `visa 4242`. */
export function labelOf({ card }: Pick<PaymentMethod, 'card'>): string {
  return `${card.brand} ${card.last4}`;
}
