import type { Money } from '@souk/kernel';
import type { Payment } from './payment.ts';
import { allows } from './payment-state.ts';
import {
  type Settlement,
  settleAuthorization,
  settleCapture,
  settleDecline,
  settleRefund,
  settleSurprise,
  settleVoid,
} from './payment-fact.ts';
import { heldOf, refundableOf } from './payment.ts';

/** Something that the provider says has happened to a payment. */
export type ProviderEvent = {
  /** The provider's id of the event; it may come more than once. */
  readonly id: string;
  /** Our payment as the provider knows it; empty if it was not made by us. */
  readonly paymentId: string;
  /** The provider's id of the payment. */
  readonly providerReference: string;
} & (
  | { readonly type: 'authorized' | 'canceled' | 'other' }
  | { readonly type: 'declined'; readonly declineCode: string }
  | {
      readonly type: 'captured';
      /** The provider's id of this movement. */
      readonly captureReference: string;
      readonly amount: Money;
      /** True if the provider still holds a rest. */
      readonly keepsRemainder: boolean;
    }
  | { readonly type: 'refunded'; readonly refundReference: string; readonly amount: Money }
);

/**
 * What an event means for a payment on which nothing is under way: undefined if we know it already or it is overtaken.
 * A payment only moves forwards. What we do ourselves is settled by its own operation, so what is left here was done at the
 * provider without us: a challenge that was passed or failed, an expired authorisation, a capture or refund by hand.
 */
export function settlementOf(
  event: ProviderEvent,
  payment: Payment,
  newRefundId: string,
  now: Date,
): Settlement | undefined {
  switch (event.type) {
    case 'authorized':
      // Whatever is held anew after the first answer was a challenge that was passed.
      return payment.state === 'requires_action'
        ? settleAuthorization(payment, event.providerReference, now)
        : undefined;
    case 'declined':
      return payment.state === 'requires_action'
        ? settleDecline(payment, event.providerReference, event.declineCode, now)
        : undefined;
    case 'captured': {
      const { amount, captureReference: providerReference, keepsRemainder } = event;
      if (payment.captures.some((it) => it.providerReference === providerReference)) return undefined;
      const capture = { amount, providerReference, createTime: now };
      if (allows(payment, 'capture')) {
        // Only the card was charged at the provider, so other tenders must not be drawn on for it.
        if (amount.compare(heldOf(payment)) > 0 || payment.tenders.length > 1) return undefined;
        return settleCapture(payment, capture, keepsRemainder, '', now);
      }
      const isPossible = allows(payment, 'surprise') && amount.compare(payment.amount) <= 0;
      return isPossible && payment.tenders.length === 1 ? settleSurprise(payment, capture, now) : undefined;
    }
    case 'canceled':
      return allows(payment, 'void') ? settleVoid(payment, now) : undefined;
    case 'refunded': {
      const { amount, refundReference: providerReference } = event;
      const isKnown = payment.refunds.some((refund) => refund.providerReference === providerReference);
      if (isKnown || !allows(payment, 'refund') || amount.compare(refundableOf(payment)) > 0)
        return undefined;
      const refund = {
        id: newRefundId,
        amount,
        reason: 'made at the provider',
        reference: '',
        providerReference,
        createTime: now,
      };
      const position = payment.tenders.findIndex(({ kind }) => kind === 'card');
      const card = payment.tenders[position];
      if (card === undefined || amount.compare(card.captured.minus(card.refunded)) > 0) return undefined;
      return settleRefund(payment, refund, now, [{ position, amount }]);
    }
    case 'other':
      return undefined;
  }
}

/** Whether a payment took money that belongs to no order and has to go back. */
export function owesRefund(payment: Payment): boolean {
  return payment.purpose === 'unmatched' && refundableOf(payment).minor > 0n;
}
