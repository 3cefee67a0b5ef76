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
import { CHALLENGES, TEST_CARDS, testCardOf } from './test-cards.ts';

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
    const id = newId('pi');
    const asked: PaymentIntent = {
      id,
      object: 'payment_intent',
      amount: order.amount,
      amount_capturable: 0,
      amount_received: 0,
      amount_refunded: 0,
      last_capture_amount: 0,
      currency: order.currency,
      status: 'requires_action',
      latest_charge: null,
      last_payment_error: null,
      next_action: null,
      client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
      metadata: order.metadata,
      created: now(),
    };
    if (declineCode !== undefined) return declined(asked, declineCode);
    if (!CHALLENGES.has(card)) return held(asked);
    const url = `/challenges/${id}`;
    const intent: PaymentIntent = {
      ...asked,
      next_action: { type: 'redirect_to_url', redirect_to_url: { url } },
    };
    return {
      change: { intent, event: eventOf('payment_intent.requires_action', intent) },
      reply: ok(intent),
    };
  }

  /** What the payer does with a challenge: passes or fails it. */
  answerChallenge(id: string, isPassed: boolean): Outcome {
    const waiting = this.intent(id);
    if (waiting.status !== 'requires_action') throw unexpectedState(waiting);
    return isPassed ? held(waiting) : { ...declined(waiting, 'authentication_failed'), reply: ok({ id }) };
  }

  /** Takes the held amount or a part of it; the rest is given up with the final capture. */
  capture(id: string, amount: number | undefined, isFinal: boolean): Outcome {
    const before = this.intent(id);
    if (before.status !== 'requires_capture') throw unexpectedState(before);
    const taken = amount ?? before.amount_capturable;
    if (taken > before.amount_capturable)
      throw new Refusal(400, {
        type: 'invalid_request_error',
        code: 'amount_too_large',
        param: 'amount_to_capture',
      });
    const rest = isFinal ? 0 : before.amount_capturable - taken;
    const charge = newId('ch');
    const intent: PaymentIntent = {
      ...before,
      status: rest === 0 ? 'succeeded' : 'requires_capture',
      amount_capturable: rest,
      amount_received: before.amount_received + taken,
      last_capture_amount: taken,
      latest_charge: charge,
    };
    const movement = this.movement('charge', charge, id, taken, before.currency);
    const type = rest === 0 ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated';
    return { change: { intent, movement, event: eventOf(type, intent) }, reply: ok(intent) };
  }

  /** Gives up what is held, or the attempt to pay. */
  cancel(id: string): Outcome {
    const before = this.intent(id);
    if (before.status !== 'requires_capture' && before.status !== 'requires_action')
      throw unexpectedState(before);
    const status = before.amount_received > 0 ? 'succeeded' : 'canceled';
    const intent: PaymentIntent = { ...before, status, amount_capturable: 0, next_action: null };
    return { change: { intent, event: eventOf('payment_intent.canceled', intent) }, reply: ok(intent) };
  }

  /** Pays a part of a captured amount back. */
  refund(id: string, amount: number, metadata: Record<string, string>): Outcome {
    const paid = this.intent(id);
    if (paid.amount_received === 0) throw unexpectedState(paid);
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

function held(asked: PaymentIntent): Outcome {
  const intent: PaymentIntent = {
    ...asked,
    status: 'requires_capture',
    amount_capturable: asked.amount,
    next_action: null,
  };
  return {
    change: { intent, event: eventOf('payment_intent.amount_capturable_updated', intent) },
    reply: ok(intent),
  };
}

function declined(asked: PaymentIntent, declineCode: string): Outcome {
  const last_payment_error = { code: 'card_declined', decline_code: declineCode };
  const intent: PaymentIntent = {
    ...asked,
    status: 'requires_payment_method',
    last_payment_error,
    next_action: null,
  };
  const error = { type: 'card_error', ...last_payment_error, payment_intent: intent };
  return {
    change: { intent, event: eventOf('payment_intent.payment_failed', intent) },
    reply: { status: 402, body: { error } },
  };
}

function unexpectedState(intent: PaymentIntent): Refusal {
  return new Refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent: intent,
  });
}
