import type { CardDetails } from './test-cards.ts';

/** A payment from authorisation to capture or cancellation. Amounts in minor units, times in Unix seconds. */
export interface PaymentIntent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly amount_capturable: number;
  readonly amount_received: number;
  readonly amount_refunded: number;
  /** What the newest capture took. */
  readonly last_capture_amount: number;
  readonly currency: string;
  readonly status:
    | 'requires_action'
    | 'requires_capture'
    | 'succeeded'
    | 'canceled'
    | 'requires_payment_method';
  readonly latest_charge: string | null;
  readonly last_payment_error: { readonly code: string; readonly decline_code: string } | null;
  /** What the payer has to do; the address is relative to the provider's. */
  readonly next_action: {
    readonly type: 'redirect_to_url';
    readonly redirect_to_url: { readonly url: string };
  } | null;
  readonly client_secret: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: number;
}

/** Money given back. */
export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded';
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: number;
}

/** A kept card; `customer` is null once it is forgotten. */
export interface PaymentMethod {
  readonly id: string;
  readonly object: 'payment_method';
  readonly customer: string | null;
  readonly card: CardDetails;
  /** The token that it was made of; not shown. */
  readonly token: string;
}

/** A charge that its cardholder disputes. */
export interface Dispute {
  readonly id: string;
  readonly object: 'dispute';
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  readonly evidence: Readonly<Record<string, string>>;
  readonly evidence_due_by: number;
  /** The movement that brought the money back, when it was won. */
  readonly reinstatement: string | null;
  /** That of the payment intent. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: number;
}

/** A movement of the merchant's balance: the provider's ledger. Positive for captures, negative for refunds. */
export interface BalanceTransaction {
  readonly id: string;
  readonly object: 'balance_transaction';
  readonly type: 'charge' | 'refund' | 'dispute' | 'dispute_reversal';
  /** The payment intent's id for a charge, the refund's id for a refund, the dispute's or its reinstatement's. */
  readonly source: string;
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
}

/** Something that happened, as sent to the webhook. */
export interface ProviderEvent {
  readonly id: string;
  readonly object: 'event';
  readonly type:
    | 'payment_intent.amount_capturable_updated'
    | 'payment_intent.requires_action'
    | 'payment_intent.payment_failed'
    | 'payment_intent.succeeded'
    | 'payment_intent.canceled'
    | 'refund.created'
    | 'charge.dispute.created'
    | 'charge.dispute.updated'
    | 'charge.dispute.closed';
  readonly created: number;
  readonly data: { readonly object: PaymentIntent | Refund | Dispute };
}

/** An answer, kept under its idempotency key. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** A page for people, which is answered instead of `body`. */
  readonly html?: string;
}
