import { type DomainError, unavailable } from '@souk/kernel';
import type { z } from 'zod';
import type { PaymentProvider, ProviderRefusal } from '../app/ports.ts';
import type { ActionRequired } from '../domain/payment.ts';
import { type ProviderAccess, providerConnection } from './provider-connection.ts';
import {
  balanceTransactions,
  eventOf,
  paymentIntent,
  refund,
  refusal,
  toMovement,
} from './simulator-objects.ts';

const LOOKUP_CHUNK = 100;
/** How long a payer has for a challenge. */
const CHALLENGE_MS = 15 * 60_000;

/** The simulated provider over its HTTP interface, which is shaped after Stripe's. `publicUrl` is where payers reach it. */
export function simulatorProvider(access: ProviderAccess, publicUrl: string): PaymentProvider {
  const request = providerConnection(access);

  async function post<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    key: string,
    body: object,
  ): Promise<
    | { readonly outcome: 'done'; readonly value: z.output<Schema> }
    | (ProviderRefusal & { declined?: Declined })
  > {
    const { status, json } = await request(path, key, body);
    if (status === 200) return { outcome: 'done', value: parse(schema, json) };
    const { error } = parse(refusal, json);
    if (status !== 402) return { outcome: 'refused', code: error.code };
    const declined = {
      reference: error.payment_intent?.id ?? '',
      declineCode: error.decline_code ?? error.code,
    };
    return { outcome: 'refused', code: error.code, declined };
  }

  async function list(
    query: Record<string, string>,
    sources: readonly string[] = [],
  ): Promise<z.output<typeof balanceTransactions>> {
    const search = new URLSearchParams(query);
    for (const source of sources) search.append('source', source);
    const { json } = await request(`/v1/balance_transactions?${search.toString()}`);
    return parse(balanceTransactions, json);
  }

  return {
    name: 'simulator',

    async authorize(key, payment, amount, paymentMethod) {
      const answer = await post(paymentIntent, '/v1/payment_intents', key, {
        amount: Number(amount.minor),
        currency: amount.currency.toLowerCase(),
        payment_method: paymentMethod,
        metadata: { payment_id: payment.id, order_id: payment.orderId },
      });
      if (answer.outcome === 'refused')
        return answer.declined === undefined ? answer : { outcome: 'declined', ...answer.declined };
      const { id: reference } = answer.value;
      const action = actionOf(answer.value, publicUrl);
      return action === undefined
        ? { outcome: 'authorized', reference }
        : { outcome: 'challenged', reference, action };
    },

    async lookUp({ providerReference }) {
      const { status, json } = await request(`/v1/payment_intents/${providerReference}`);
      if (status !== 200) throw unreadable(new Error(`the provider answered ${status}`));
      const intent = parse(paymentIntent, json);
      const action = actionOf(intent, publicUrl);
      const event = eventOf('', LOOKED_UP[intent.status] ?? '', intent);
      return { event, ...(action && { action }) };
    },

    async capture(key, { providerReference }, amount, keepRemainder) {
      const body = { amount_to_capture: Number(amount.minor), final_capture: !keepRemainder };
      const answer = await post(paymentIntent, `/v1/payment_intents/${providerReference}/capture`, key, body);
      return answer.outcome === 'done'
        ? { outcome: 'done', reference: answer.value.latest_charge ?? '' }
        : answer;
    },

    async void(key, { providerReference }) {
      return post(paymentIntent, `/v1/payment_intents/${providerReference}/cancel`, key, {});
    },

    async refund(key, { id, providerReference }, amount) {
      const answer = await post(refund, '/v1/refunds', key, {
        payment_intent: providerReference,
        amount: Number(amount.minor),
        metadata: { payment_id: id },
      });
      return answer.outcome === 'done' ? { outcome: 'done', reference: answer.value.id } : answer;
    },

    async listMovements({ start, end }, after, limit) {
      const page = await list({
        limit: String(limit),
        created_lt: String(Math.ceil(end.getTime() / 1000)),
        ...(start === undefined ? {} : { created_gte: String(Math.floor(start.getTime() / 1000)) }),
        ...(after === undefined ? {} : { starting_after: after }),
      });
      return { movements: page.data.map(toMovement), next: page.has_more ? page.data.at(-1)?.id : undefined };
    },

    async findMovements(references) {
      const found = [];
      for (let start = 0; start < references.length; start += LOOKUP_CHUNK) {
        const page = await list({ limit: '1000' }, references.slice(start, start + LOOKUP_CHUNK));
        found.push(...page.data.map(toMovement));
      }
      return found;
    },
  };
}

/** Which event tells of a state. */
const LOOKED_UP: Readonly<Record<string, string>> = {
  requires_capture: 'payment_intent.amount_capturable_updated',
  requires_payment_method: 'payment_intent.payment_failed',
  canceled: 'payment_intent.canceled',
  succeeded: 'payment_intent.succeeded',
};

// The provider says where on its site the payer has to go; a buyer needs the whole address.
function actionOf(intent: z.output<typeof paymentIntent>, publicUrl: string): ActionRequired | undefined {
  if (intent.status !== 'requires_action') return undefined;
  const url = intent.next_action?.redirect_to_url?.url;
  const redirect = url === undefined ? undefined : URL.parse(url, publicUrl);
  if (redirect === null) throw unreadable(new Error('a challenge without an address'));
  return {
    redirectUrl: redirect?.href ?? '',
    clientSecret: intent.client_secret,
    expireTime: new Date(intent.created * 1_000 + CHALLENGE_MS),
  };
}

interface Declined {
  readonly reference: string;
  readonly declineCode: string;
}

// An answer that we cannot read leaves the outcome open, as no answer does.
function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (!result.success) throw unreadable(result.error);
  return result.data;
}

function unreadable(cause: unknown): DomainError {
  return unavailable('PROVIDER_UNAVAILABLE', 'The payment provider gave an answer that cannot be read.', {
    cause,
  });
}
