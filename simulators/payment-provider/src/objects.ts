/** A payment from authorisation to capture or cancellation. Amounts in minor units, times in Unix seconds. */
export interface PaymentIntent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly amount_capturable: number;
  readonly amount_received: number;
  readonly amount_refunded: number;
  readonly currency: string;
  readonly status: 'requires_capture' | 'succeeded' | 'canceled' | 'requires_payment_method';
  readonly latest_charge: string | null;
  readonly last_payment_error: { readonly code: string; readonly decline_code: string } | null;
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

/** A movement of the merchant's balance: the provider's ledger. Positive for captures, negative for refunds. */
export interface BalanceTransaction {
  readonly id: string;
  readonly object: 'balance_transaction';
  readonly type: 'charge' | 'refund';
  /** The payment intent's id for a charge, the refund's id for a refund. */
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
    | 'payment_intent.payment_failed'
    | 'payment_intent.succeeded'
    | 'payment_intent.canceled'
    | 'refund.created';
  readonly created: number;
  readonly data: { readonly object: PaymentIntent | Refund };
}

/** An answer, kept under its idempotency key. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}
