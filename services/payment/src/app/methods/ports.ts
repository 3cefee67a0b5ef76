import type { Clock, Logger } from '@souk/kernel';
import type { CardFace, PaymentMethod } from '../../domain/payment-method.ts';
import type { OperationKey, ProviderRefusal } from '../ports.ts';

/**
 * Where a provider keeps cards. The same key again gives the first answer. Both throw `PROVIDER_UNAVAILABLE` when the
 * outcome is not known.
 */
export interface CardVault {
  /** What tells a one-time token's card from others, as far as it can be told without asking; else empty. */
  fingerprintOf(token: string): string;
  /** Keeps a one-time token's card for a customer. */
  attach(
    key: string,
    customerId: string,
    token: string,
  ): Promise<
    { readonly outcome: 'attached'; readonly reference: string; readonly card: CardFace } | ProviderRefusal
  >;
  /** Forgets a card; one that it does not know is forgotten already. */
  detach(key: string, providerReference: string): Promise<void>;
}

/** A saving that was begun: its id is the provider's idempotency key. */
export interface Saving {
  readonly methodId: string;
  readonly customerId: string;
  readonly token: string;
  readonly makeDefault: boolean;
}

/** What became of a request to save. */
export type SavingClaim =
  | { readonly kind: 'begun'; readonly saving: Saving }
  | { readonly kind: 'saved'; readonly method: PaymentMethod }
  /** The provider refused, or the method was deleted since. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'reused' };

/** A forgetting that was begun. */
export interface Forgetting {
  readonly methodId: string;
  readonly providerReference: string;
}

/** Saved means of payment. Everything is asked for by owner: what is another's is not found. */
export interface PaymentMethodStore {
  /**
   * Claims a saving durably before the provider is asked; a repeated request finds its claim. Throws
   * `PAYMENT_METHOD_LIMIT_EXCEEDED`.
   */
  beginSaving(key: OperationKey, saving: Saving): Promise<SavingClaim>;
  /** Ends a saving; answers with what it is, also if another process ended it first. */
  saved(saving: Saving, providerReference: string, card: CardFace): Promise<PaymentMethod>;
  refused(saving: Saving, code: string): Promise<void>;
  /** The default first, then the latest. */
  list(customerId: string): Promise<readonly PaymentMethod[]>;
  find(customerId: string, methodId: string): Promise<PaymentMethod | undefined>;
  /** Undefined if the owner has no such method. */
  setDefault(customerId: string, methodId: string): Promise<PaymentMethod | undefined>;
  /** Hides it at once; undefined if the owner has no such method. */
  beginForgetting(customerId: string, methodId: string): Promise<Forgetting | undefined>;
  forgotten(methodId: string): Promise<void>;
  /** Savings and forgettings that crashes left open. */
  takeStale(limit: number): Promise<{ savings: readonly Saving[]; forgettings: readonly Forgetting[] }>;
}

/** What the use cases of saved means of payment need. */
export interface MethodPorts {
  readonly methods: PaymentMethodStore;
  readonly vault: CardVault;
  readonly clock: Clock;
  readonly log: Logger;
}
