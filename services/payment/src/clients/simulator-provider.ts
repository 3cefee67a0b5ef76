import { unavailable } from '@souk/kernel';
import type { z } from 'zod';
import type { PaymentProvider, ProviderRefusal } from '../app/ports.ts';
import { balanceTransactions, paymentIntent, refund, refusal, toMovement } from './simulator-objects.ts';

/** How the provider is reached. */
export interface ProviderAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

// One more try at once under the same key: most lost replies are mended before the caller notices.
const ATTEMPTS = 2;
const LOOKUP_CHUNK = 100;

/** The simulated provider over its HTTP interface, which is shaped after Stripe's. */
export function simulatorProvider({ url, apiKey, timeoutMs }: ProviderAccess): PaymentProvider {
  async function request(
    path: string,
    key?: string,
    body?: object,
  ): Promise<{ status: number; json: unknown }> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(new URL(path, url), {
          method: key === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${apiKey}`,
            ...(key === undefined ? {} : { 'idempotency-key': key, 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        const json: unknown = await response.json();
        if (response.status >= 500 || response.status === 429 || response.status === 401)
          throw new Error(`the provider answered ${response.status}`);
        return { status: response.status, json };
      } catch (cause) {
        if (attempt >= ATTEMPTS) {
          throw unavailable('PROVIDER_UNAVAILABLE', 'The payment provider did not answer; ask again.', {
            retryAfterMs: 1_000,
            cause,
          });
        }
      }
    }
  }

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

    async authorize(key, payment, paymentMethod) {
      const answer = await post(paymentIntent, '/v1/payment_intents', key, {
        amount: Number(payment.amount.minor),
        currency: payment.amount.currency.toLowerCase(),
        payment_method: paymentMethod,
        metadata: { payment_id: payment.id, order_id: payment.orderId },
      });
      if (answer.outcome === 'done') return { outcome: 'authorized', reference: answer.value.id };
      return answer.declined === undefined ? answer : { outcome: 'declined', ...answer.declined };
    },

    async capture(key, { providerReference }, amount) {
      const body = { amount_to_capture: Number(amount.minor) };
      return post(paymentIntent, `/v1/payment_intents/${providerReference}/capture`, key, body);
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

interface Declined {
  readonly reference: string;
  readonly declineCode: string;
}

// An answer that we cannot read leaves the outcome open, as no answer does.
function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (!result.success) {
    throw unavailable('PROVIDER_UNAVAILABLE', 'The payment provider gave an answer that cannot be read.', {
      cause: result.error,
    });
  }
  return result.data;
}
