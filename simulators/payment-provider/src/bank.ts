import { randomBytes } from 'node:crypto';
import type {
  BalanceTransaction,
  Dispute,
  PaymentIntent,
  PaymentMethod,
  ProviderEvent,
  Refund,
  Reply,
} from './objects.ts';
import { TEST_CARDS, testCardOf } from './test-cards.ts';

/** What one operation changed; written as one line, applied as a whole. */
export interface Change {
  readonly intent?: PaymentIntent;
  readonly refund?: Refund;
  readonly method?: PaymentMethod;
  readonly dispute?: Dispute;
  readonly movement?: BalanceTransaction;
  readonly event?: ProviderEvent;
  /** The reply under its idempotency key, with a hash of the request. */
  readonly kept?: { readonly key: string; readonly fingerprint: string; readonly reply: Reply };
  /** Id of an event that the webhook has accepted. */
  readonly delivered?: string;
}

/** A refusal in Stripe's shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };

  constructor(status: number, error: Readonly<Record<string, unknown>>) {
    super(String(error['code']));
    this.status = status;
    this.body = { error };
  }
}

/** The outcome of an operation: what to write, and what to answer. */
export interface Outcome {
  readonly change: Change;
  readonly reply: Reply;
}

/** Everything the provider knows, in memory; the journal makes it durable. */
export class Bank {
  readonly intents = new Map<string, PaymentIntent>();
  readonly refunds = new Map<string, Refund>();
  /** Kept cards by their id. */
  readonly methods = new Map<string, PaymentMethod>();
  readonly disputes = new Map<string, Dispute>();
  readonly movements: BalanceTransaction[] = [];
  readonly movementsBySource = new Map<string, BalanceTransaction>();
  readonly events = new Map<string, ProviderEvent>();
  readonly undelivered = new Map<string, ProviderEvent>();
  readonly replies = new Map<string, { readonly fingerprint: string; readonly reply: Reply }>();

  /** Applies a change, whether it just happened or is read from the journal. */
  apply({ intent, refund, method, dispute, movement, event, kept, delivered }: Change): void {
    if (intent !== undefined) this.intents.set(intent.id, intent);
    if (refund !== undefined) this.refunds.set(refund.id, refund);
    if (method !== undefined) this.methods.set(method.id, method);
    if (dispute !== undefined) this.disputes.set(dispute.id, dispute);
    if (movement !== undefined) {
      this.movements.push(movement);
      this.movementsBySource.set(movement.source, movement);
    }
    if (event !== undefined) {
      this.events.set(event.id, event);
      this.undelivered.set(event.id, event);
    }
    if (kept !== undefined) this.replies.set(kept.key, { fingerprint: kept.fingerprint, reply: kept.reply });
    if (delivered !== undefined) this.undelivered.delete(delivered);
  }

  /** Holds an amount on a test card, or declines. */
  authorize(
    order: { amount: number; currency: string; payment_method: string; metadata: Record<string, string> },
    declineWith: string | undefined,
  ): Outcome {
    const card = this.cardBehind(order.payment_method);
    if (card === undefined)
      throw new Refusal(400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
      });
    const declineCode = declineWith ?? TEST_CARDS.get(card);
    const declined = declineCode !== undefined;
    const id = newId('pi');
    const intent: PaymentIntent = {
      id,
      object: 'payment_intent',
      amount: order.amount,
      amount_capturable: declined ? 0 : order.amount,
      amount_received: 0,
      amount_refunded: 0,
      currency: order.currency,
      status: declined ? 'requires_payment_method' : 'requires_capture',
      latest_charge: null,
      last_payment_error: declined ? { code: 'card_declined', decline_code: declineCode } : null,
      metadata: order.metadata,
      created: now(),
    };
    if (!declined)
      return {
        change: { intent, event: eventOf('payment_intent.amount_capturable_updated', intent) },
        reply: ok(intent),
      };
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: declineCode,
      payment_intent: intent,
    };
    return {
      change: { intent, event: eventOf('payment_intent.payment_failed', intent) },
      reply: { status: 402, body: { error } },
    };
  }

  /** Takes the held amount or a part of it. */
  capture(id: string, amount: number | undefined): Outcome {
    const held = this.intent(id);
    if (held.status !== 'requires_capture') throw unexpectedState(held);
    const taken = amount ?? held.amount_capturable;
    if (taken > held.amount_capturable)
      throw new Refusal(400, {
        type: 'invalid_request_error',
        code: 'amount_too_large',
        param: 'amount_to_capture',
      });
    const intent: PaymentIntent = {
      ...held,
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: taken,
      latest_charge: newId('ch'),
    };
    const movement = this.movement('charge', id, id, taken, held.currency);
    return {
      change: { intent, movement, event: eventOf('payment_intent.succeeded', intent) },
      reply: ok(intent),
    };
  }

  /** Gives the held amount up. */
  cancel(id: string): Outcome {
    const held = this.intent(id);
    if (held.status !== 'requires_capture') throw unexpectedState(held);
    const intent: PaymentIntent = { ...held, status: 'canceled', amount_capturable: 0 };
    return { change: { intent, event: eventOf('payment_intent.canceled', intent) }, reply: ok(intent) };
  }

  /** Pays a part of a captured amount back. */
  refund(id: string, amount: number, metadata: Record<string, string>): Outcome {
    const paid = this.intent(id);
    if (paid.status !== 'succeeded') throw unexpectedState(paid);
    if (paid.amount_refunded + amount > paid.amount_received)
      throw new Refusal(400, { type: 'invalid_request_error', code: 'amount_too_large', param: 'amount' });
    const refund: Refund = {
      id: newId('re'),
      object: 'refund',
      payment_intent: id,
      amount,
      currency: paid.currency,
      status: 'succeeded',
      metadata,
      created: now(),
    };
    const intent: PaymentIntent = { ...paid, amount_refunded: paid.amount_refunded + amount };
    const movement = this.movement('refund', refund.id, id, -amount, paid.currency);
    return {
      change: { intent, refund, movement, event: eventOf('refund.created', refund) },
      reply: ok(refund),
    };
  }

  /** @throws Refusal if there is no such payment intent. */
  intent(id: string): PaymentIntent {
    const intent = this.intents.get(id);
    if (intent === undefined)
      throw new Refusal(404, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_intent',
      });
    return intent;
  }

  /** The test card behind a token or a kept card; undefined if there is none. */
  private cardBehind(paymentMethod: string): string | undefined {
    const kept = this.methods.get(paymentMethod);
    if (kept !== undefined) return kept.customer === null ? undefined : testCardOf(kept.token);
    return TEST_CARDS.has(testCardOf(paymentMethod)) ? testCardOf(paymentMethod) : undefined;
  }

  /** A movement of the merchant's balance. */
  movement(
    type: BalanceTransaction['type'],
    source: string,
    paymentIntent: string,
    amount: number,
    currency: string,
  ): BalanceTransaction {
    const id = `txn_${(this.movements.length + 1).toString().padStart(12, '0')}`;
    return {
      id,
      object: 'balance_transaction',
      type,
      source,
      payment_intent: paymentIntent,
      amount,
      currency,
      created: now(),
    };
  }
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** An id as Stripe makes them. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

const ok = (body: unknown): Reply => ({ status: 200, body });

/** What is told to the webhook. */
export function eventOf(
  type: ProviderEvent['type'],
  object: PaymentIntent | Refund | Dispute,
): ProviderEvent {
  return { id: newId('evt'), object: 'event', type, created: now(), data: { object } };
}

function unexpectedState(intent: PaymentIntent): Refusal {
  return new Refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent: intent,
  });
}
