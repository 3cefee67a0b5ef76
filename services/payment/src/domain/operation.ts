import type { DomainError, Money } from '@souk/kernel';
import type { Payment } from './payment.ts';
import type { Share } from './tender.ts';

/** What is asked of the provider. */
export type OperationKind = 'authorize' | 'capture' | 'void' | 'refund';

/** The details of an operation, all that is needed to ask the provider again. */
export type OperationRequest =
  /** The card's token; empty if no card is involved. */
  | { readonly kind: 'authorize'; readonly paymentMethod: string }
  | { readonly kind: 'capture'; readonly amount: Money; readonly keepRemainder: boolean }
  | { readonly kind: 'void' }
  | {
      readonly kind: 'refund';
      readonly amount: Money;
      readonly shares: readonly Share[];
      readonly reason: string;
      readonly reference: string;
    };

/** An operation that was claimed before the provider was asked; its id is the provider's idempotency key for ever. */
export interface Operation {
  readonly id: string;
  /** The caller's. */
  readonly requestId: string;
  readonly paymentId: string;
  readonly request: OperationRequest;
  /** Calls of the provider so far. */
  readonly attempts: number;
}

/** What an operation came to: the payment as it was then, with the refund that it made. */
export interface OperationResult {
  readonly payment: Payment;
  readonly refundId: string;
}

/** How an operation ended: done, or refused for good. */
export type OperationOutcome =
  | { readonly kind: 'done'; readonly result: OperationResult }
  | { readonly kind: 'refused'; readonly refusal: DomainError };
