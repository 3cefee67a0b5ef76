import type { Clock, Logger } from '@souk/kernel';
import type { Chargeback, DisputeNews } from '../../domain/chargeback.ts';
import type { ProviderRefusal } from '../ports.ts';

/** Tells a provider our side of a dispute. Throws `PROVIDER_UNAVAILABLE` when the outcome is not known. */
export interface DisputeDesk {
  readonly name: string;
  submitEvidence(
    key: string,
    providerReference: string,
    evidence: ReadonlyMap<string, string>,
  ): Promise<{ readonly outcome: 'done' } | ProviderRefusal>;
}

/** Chargebacks, with their bookings and facts: stored together. */
export interface ChargebackStore {
  /**
   * Applies what a provider tells, whatever was told before. Throws `PAYMENT_NOT_FOUND` if the disputed payment is not
   * (yet) known.
   */
  apply(provider: string, news: DisputeNews, newId: string, now: Date): Promise<Chargeback>;
  find(chargebackId: string): Promise<Chargeback | undefined>;
  /** Newest first. */
  list(filter: {
    orderId: string;
    before: string | undefined;
    limit: number;
  }): Promise<readonly Chargeback[]>;
  /** Keeps what the provider was told, unless the chargeback was decided meanwhile. */
  submitted(
    chargebackId: string,
    evidence: ReadonlyMap<string, string>,
    now: Date,
  ): Promise<Chargeback | undefined>;
}

/** What the use cases of chargebacks need. */
export interface ChargebackPorts {
  readonly chargebacks: ChargebackStore;
  readonly desk: DisputeDesk;
  readonly clock: Clock;
  readonly log: Logger;
}
