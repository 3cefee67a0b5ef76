import { Money } from '@souk/kernel';
import Stripe from 'stripe';
import type { DisputeNews } from '../domain/chargeback.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import { captureReference } from './stripe-provider.ts';
import { referenceOf } from './stripe-errors.ts';

/** Longest age of a signature in seconds. */
const TOLERANCE_S = 300;

/** An event whose signature Stripe's SDK has verified; undefined if it is not genuine, or not fresh. */
export function verifiedEvent(
  secret: string,
  header: string,
  body: Uint8Array,
  now: Date,
): Stripe.Event | undefined {
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return Stripe.webhooks.constructEvent(bytes, header, secret, TOLERANCE_S, undefined, now.getTime());
  } catch {
    return undefined;
  }
}

/** What an event says of a payment. Only captures by hand come as `charge.captured`, one for each. */
export function paymentEventOf(event: Stripe.Event): ProviderEvent {
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.canceled': {
      const intent = event.data.object;
      const isHeld = event.type !== 'payment_intent.canceled';
      return { ...ofIntent(event.id, intent), type: isHeld ? 'authorized' : 'canceled' };
    }
    case 'payment_intent.payment_failed': {
      const intent = event.data.object;
      const error = intent.last_payment_error;
      const declineCode = error?.decline_code ?? error?.code ?? 'declined';
      return { ...ofIntent(event.id, intent), type: 'declined', declineCode };
    }
    case 'charge.captured': {
      const charge = event.data.object;
      return {
        id: event.id,
        paymentId: charge.metadata['payment_id'] ?? '',
        providerReference: referenceOf(charge.payment_intent) ?? '',
        type: 'captured',
        captureReference: captureReference(charge),
        amount: Money.of(charge.currency.toUpperCase(), charge.amount_captured),
        keepsRemainder: false,
      };
    }
    case 'refund.created': {
      const refund = event.data.object;
      return {
        id: event.id,
        paymentId: refund.metadata?.['payment_id'] ?? '',
        providerReference: referenceOf(refund.payment_intent) ?? '',
        type: 'refunded',
        refundReference: refund.id,
        amount: Money.of(refund.currency.toUpperCase(), refund.amount),
      };
    }
    default:
      return { id: event.id, paymentId: '', providerReference: '', type: 'other' };
  }
}

const STATUSES: Readonly<Record<string, DisputeNews['status']>> = {
  needs_response: 'open',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
};

/** What an event says of a dispute; undefined if it is about something else, or says nothing that is booked. */
export function disputeNewsOf(event: Stripe.Event): DisputeNews | undefined {
  if (!event.type.startsWith('charge.dispute.') || !('object' in event.data.object)) return undefined;
  const it = event.data.object;
  if (it.object !== 'dispute') return undefined;
  const status = STATUSES[it.status];
  const back = it.balance_transactions.find(({ amount }) => amount > 0);
  if (status === undefined || (status === 'won' && back === undefined)) return undefined;
  const due = it.evidence_details.due_by;
  return {
    providerReference: it.id,
    paymentReference: referenceOf(it.payment_intent) ?? '',
    amount: Money.of(it.currency.toUpperCase(), it.amount),
    reason: it.reason,
    status,
    evidenceDueTime: due === null ? undefined : new Date(due * 1_000),
    reinstatement: back?.id ?? '',
  };
}

function ofIntent(
  id: string,
  intent: Stripe.PaymentIntent,
): { id: string; paymentId: string; providerReference: string } {
  return { id, paymentId: intent.metadata['payment_id'] ?? '', providerReference: intent.id };
}
