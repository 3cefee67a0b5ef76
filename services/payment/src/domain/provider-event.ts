import type { Money } from '@souk/kernel';
import { allows, type Payment } from './payment.ts';
import { type Settlement, settleCapture, settleRefund, settleVoid } from './payment-fact.ts';

/** Something that the provider says has happened to a payment. */
export type ProviderEvent = {
  /** The provider's id of the event; it may come more than once. */
  readonly id: string;
  /** Our payment as the provider knows it; empty if it was not made by us. */
  readonly paymentId: string;
} & (
  | { readonly type: 'captured'; readonly amount: Money }
  | { readonly type: 'canceled' }
  | { readonly type: 'refunded'; readonly refundReference: string; readonly amount: Money }
  | { readonly type: 'other' }
);

/**
 * What an event means for a payment on which nothing is under way: undefined if we know it already or it is overtaken.
 * A payment only moves forwards. What we do ourselves is settled by its own operation, so what is left here was done at the
 * provider without us: an expired authorisation, a capture or refund by hand.
 */
export function settlementOf(
  event: ProviderEvent,
  payment: Payment,
  newRefundId: string,
  now: Date,
): Settlement | undefined {
  switch (event.type) {
    case 'captured':
      return allows(payment, 'capture') ? settleCapture(payment, event.amount, now) : undefined;
    case 'canceled':
      return allows(payment, 'void') ? settleVoid(payment, now) : undefined;
    case 'refunded': {
      const { amount, refundReference: providerReference } = event;
      const isKnown = payment.refunds.some((refund) => refund.providerReference === providerReference);
      if (isKnown || !allows(payment, 'refund')) return undefined;
      if (payment.refunded.plus(amount).compare(payment.captured) > 0) return undefined;
      const refund = {
        id: newRefundId,
        amount,
        reason: 'made at the provider',
        reference: '',
        providerReference,
        createTime: now,
      };
      return settleRefund(payment, refund, now);
    }
    case 'other':
      return undefined;
  }
}
