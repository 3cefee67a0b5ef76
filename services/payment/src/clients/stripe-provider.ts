import { Money, unavailable } from '@souk/kernel';
import Stripe from 'stripe';
import type { AuthorizationAnswer, PaymentProvider, ProviderRefusal } from '../app/ports.ts';
import type { ActionRequired } from '../domain/payment.ts';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { Movement } from '../domain/reconciliation.ts';
import { codeOf, definite, referenceOf } from './stripe-errors.ts';

/** How long a payer has for a challenge. */
const CHALLENGE_MS = 15 * 60_000;
/** Stripe's own limit of a page. */
const PAGE = 100;
const LOOKUPS_AT_ONCE = 10;

/** Which balance transactions are captures and refunds; fees, payouts and disputes are booked elsewhere. */
const CHARGES = new Set<string>(['charge', 'payment']);
const REFUNDS = new Set<string>(['refund', 'payment_refund']);

/**
 * Stripe: PaymentIntents that are captured by hand. A capture is known by its balance transaction, since several captures of
 * an intent share one charge; a refund by its own id.
 *
 * @param returnUrl where payers come back to from a challenge.
 */
export function stripeProvider(stripe: Stripe, returnUrl: string): PaymentProvider {
  return {
    name: 'stripe',

    async authorize(idempotencyKey, payment, amount, paymentMethod) {
      // A kept card is known with its customer: see `stripeVault`.
      const [method = '', customer] = paymentMethod.split('@');
      const answer = await definite(
        (): Promise<Stripe.PaymentIntent> =>
          stripe.paymentIntents.create(
            {
              amount: Number(amount.minor),
              currency: amount.currency.toLowerCase(),
              capture_method: 'manual',
              confirm: true,
              payment_method: method,
              automatic_payment_methods: { enabled: true },
              ...(customer !== undefined && { customer }),
              return_url: returnUrl,
              metadata: { payment_id: payment.id, order_id: payment.orderId },
              payment_method_options: { card: { request_multicapture: 'if_available' } },
            },
            { idempotencyKey },
          ),
      );
      if (answer.outcome === 'done') return authorizationOf(answer.value);
      const { error } = answer;
      if (!(error instanceof Stripe.errors.StripeCardError)) return refusal(error);
      const declineCode = [error.decline_code, codeOf(error)].find(Boolean) ?? 'declined';
      return { outcome: 'declined', reference: error.payment_intent?.id ?? '', declineCode };
    },

    async capture(idempotencyKey, { providerReference }, amount, keepRemainder) {
      const answer = await definite(() =>
        stripe.paymentIntents.capture(
          providerReference,
          {
            amount_to_capture: Number(amount.minor),
            // Only intents that were authorised for several captures take the field.
            ...(keepRemainder && { final_capture: false }),
            expand: ['latest_charge'],
          },
          { idempotencyKey },
        ),
      );
      if (answer.outcome === 'refused') return refusal(answer.error);
      return { outcome: 'done', reference: captureReference(answer.value.latest_charge) };
    },

    async void(idempotencyKey, { providerReference }) {
      const answer = await definite(() =>
        stripe.paymentIntents.cancel(providerReference, {}, { idempotencyKey }),
      );
      return answer.outcome === 'done' ? { outcome: 'done' } : refusal(answer.error);
    },

    async refund(idempotencyKey, { id, providerReference }, amount) {
      const answer = await definite(() =>
        stripe.refunds.create(
          {
            payment_intent: providerReference,
            amount: Number(amount.minor),
            metadata: { payment_id: id },
          },
          { idempotencyKey },
        ),
      );
      if (answer.outcome === 'refused') return refusal(answer.error);
      if (answer.value.status === 'failed' || answer.value.status === 'canceled')
        return { outcome: 'refused', code: answer.value.failure_reason ?? answer.value.status };
      return { outcome: 'done', reference: answer.value.id };
    },

    async lookUp({ id: paymentId, providerReference }) {
      const answer = await definite(() =>
        stripe.paymentIntents.retrieve(providerReference, { expand: ['latest_charge'] }),
      );
      if (answer.outcome === 'refused') throw unavailableFor(answer.error);
      const intent = answer.value;
      const action = actionOf(intent);
      const of = { id: '', paymentId, providerReference };
      return { event: lookedUp(of, intent), ...(action && { action }) };
    },

    async listMovements({ start, end }, after, limit) {
      const answer = await definite(() =>
        stripe.balanceTransactions.list({
          limit: Math.min(limit, PAGE),
          created: {
            lt: Math.ceil(end.getTime() / 1_000),
            ...(start !== undefined && { gte: Math.floor(start.getTime() / 1_000) }),
          },
          ...(after !== undefined && { starting_after: after }),
        }),
      );
      if (answer.outcome === 'refused') throw unavailableFor(answer.error);
      const { data, has_more } = answer.value;
      return { movements: data.flatMap(toMovement), next: has_more ? data.at(-1)?.id : undefined };
    },

    async findMovements(references) {
      const found: Movement[] = [];
      for (let start = 0; start < references.length; start += LOOKUPS_AT_ONCE) {
        const some = references.slice(start, start + LOOKUPS_AT_ONCE);
        found.push(...(await Promise.all(some.map((it) => find(it)))).flat());
      }
      return found;
    },
  };

  async function find(reference: string): Promise<Movement[]> {
    const answer = await definite(async () =>
      reference.startsWith('txn_')
        ? [await stripe.balanceTransactions.retrieve(reference)]
        : (await stripe.balanceTransactions.list({ source: reference, limit: PAGE })).data,
    );
    if (answer.outcome === 'done') return answer.value.flatMap(toMovement);
    if (answer.error.statusCode === 404) return [];
    throw unavailableFor(answer.error);
  }
}

function authorizationOf(intent: Stripe.PaymentIntent): AuthorizationAnswer {
  const { id: reference } = intent;
  const action = actionOf(intent);
  if (action !== undefined) return { outcome: 'challenged', reference, action };
  if (intent.status === 'requires_capture') return { outcome: 'authorized', reference };
  if (intent.status === 'requires_payment_method' || intent.status === 'canceled')
    return { outcome: 'declined', reference, declineCode: declineCodeOf(intent) };
  throw unavailableFor(`a payment intent that is ${intent.status}`);
}

function lookedUp(
  of: { readonly id: string; readonly paymentId: string; readonly providerReference: string },
  intent: Stripe.PaymentIntent,
): ProviderEvent {
  switch (intent.status) {
    case 'requires_capture':
      return { ...of, type: 'authorized' };
    case 'requires_payment_method':
      return { ...of, type: 'declined', declineCode: declineCodeOf(intent) };
    case 'canceled':
      return { ...of, type: 'canceled' };
    default:
      return { ...of, type: 'other' };
  }
}

function actionOf(intent: Stripe.PaymentIntent): ActionRequired | undefined {
  if (intent.status !== 'requires_action') return undefined;
  return {
    redirectUrl: intent.next_action?.redirect_to_url?.url ?? '',
    clientSecret: intent.client_secret ?? '',
    expireTime: new Date(intent.created * 1_000 + CHALLENGE_MS),
  };
}

function declineCodeOf({ last_payment_error: error }: Stripe.PaymentIntent): string {
  return error?.decline_code ?? error?.code ?? 'declined';
}

/** The movement behind a charge: its newest balance transaction. */
export function captureReference(charge: string | Stripe.Charge | null): string {
  if (charge === null || typeof charge === 'string') return charge ?? '';
  return referenceOf(charge.balance_transaction) ?? charge.id;
}

function toMovement(it: Stripe.BalanceTransaction): Movement[] {
  const amount = Money.of(it.currency.toUpperCase(), it.amount);
  if (CHARGES.has(it.type)) return [{ providerReference: it.id, paymentId: '', amount }];
  if (REFUNDS.has(it.type))
    return [{ providerReference: referenceOf(it.source) ?? it.id, paymentId: '', amount }];
  return [];
}

function refusal(error: Stripe.errors.StripeError): ProviderRefusal {
  return { outcome: 'refused', code: codeOf(error) };
}

function unavailableFor(cause: unknown): Error {
  return unavailable(
    'PROVIDER_UNAVAILABLE',
    'The payment provider did not say what became of it; ask again.',
    {
      retryAfterMs: 1_000,
      cause,
    },
  );
}
