import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Refusal } from '../bank.ts';
import { closeDispute, openDispute, submitEvidence } from '../disputes.ts';
import { fault } from '../faults.ts';
import type { Reply } from '../objects.ts';
import type { Provider } from '../provider.ts';
import { attach, detach } from '../vault.ts';
import { answerChallenge, showChallenge } from './challenge-page.ts';

/** A request as routes see it. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Route = (provider: Provider, request: Request, id: string) => Promise<Reply> | Reply;

const amount = z.number().int().positive().max(99_999_999_999);
const metadata = z.record(z.string().max(64), z.string().max(500)).default({});
const newIntent = z.object({
  amount,
  currency: z.string().regex(/^[a-z]{3}$/),
  payment_method: z.string().max(128),
  metadata,
});
const newCapture = z.object({
  amount_to_capture: amount.optional(),
  final_capture: z.boolean().default(true),
});
const answer = z.object({ outcome: z.enum(['pass', 'fail']) });
const newRefund = z.object({ payment_intent: z.string().max(64), amount, metadata });
const newAttachment = z.object({ customer: z.string().min(1).max(64) });
const newDispute = z.object({
  payment_intent: z.string().max(64),
  amount: amount.optional(),
  reason: z.string().max(64).default('fraudulent'),
});
const evidence = z.object({ evidence: z.record(z.string().max(64), z.string().max(20_000)) });
const verdict = z.object({ status: z.enum(['won', 'lost']) });
const page = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  starting_after: z.string().optional(),
  created_gte: z.coerce.number().int().default(0),
  created_lt: z.coerce.number().int().default(Number.MAX_SAFE_INTEGER),
});

/** Routes by `METHOD pattern`; `:id` is one path segment. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /healthz': () => ok({ status: 'ok' }),
  'GET /challenges/:id': (provider, _request, id) => showChallenge(provider, id),
  'POST /challenges/:id': (provider, { body }, id) => answerChallenge(provider, id, body),

  'POST /v1/payment_intents': (provider, request) => {
    const order = parse(newIntent, request);
    return provider.run('authorize', keyed(request), (declineWith) =>
      provider.bank.authorize(order, declineWith),
    );
  },
  'POST /v1/payment_intents/:id/capture': (provider, request, id) => {
    const { amount_to_capture: taken, final_capture: isFinal } = parse(newCapture, request);
    return provider.run('capture', keyed(request), () => provider.bank.capture(id, taken, isFinal));
  },
  'POST /v1/payment_intents/:id/cancel': (provider, request, id) =>
    provider.run('cancel', keyed(request), () => provider.bank.cancel(id)),
  'POST /v1/refunds': (provider, request) => {
    const refund = parse(newRefund, request);
    return provider.run('refund', keyed(request), () =>
      provider.bank.refund(refund.payment_intent, refund.amount, refund.metadata),
    );
  },
  'POST /v1/payment_methods/:id/attach': (provider, request, id) => {
    const { customer } = parse(newAttachment, request);
    return provider.run('attach', keyed(request), () => attach(id, customer));
  },
  'POST /v1/payment_methods/:id/detach': (provider, request, id) =>
    provider.run('detach', keyed(request), () => detach(provider.bank, id)),
  'POST /v1/disputes/:id': (provider, request, id) => {
    const told = parse(evidence, request);
    return provider.run('dispute', keyed(request), () => submitEvidence(provider.bank, id, told.evidence));
  },
  'GET /v1/payment_intents/:id': ({ bank }, _request, id) => ok(bank.intent(id)),
  'GET /v1/refunds/:id': ({ bank }, _request, id) => {
    const refund = bank.refunds.get(id);
    if (refund === undefined)
      throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing' });
    return ok(refund);
  },
  // Oldest first, unlike Stripe, so that a page never shifts while it is read.
  'GET /v1/balance_transactions': ({ bank }, { url }) => {
    const sources = url.searchParams.getAll('source');
    const wanted = sources.flatMap((source) => bank.movementsBySource.get(source) ?? []);
    return ok(listPage(sources.length === 0 ? bank.movements : wanted, url));
  },
  'GET /v1/events': ({ bank }, { url }) => ok(listPage([...bank.events.values()], url)),

  'GET /admin/faults': ({ faults }) => ok({ faults: faults.list() }),
  'POST /admin/faults': ({ faults }, request) => {
    faults.add(parse(fault, request));
    return ok({ faults: faults.list() });
  },
  'DELETE /admin/faults': ({ faults }) => {
    faults.clear();
    return ok({ faults: [] });
  },
  // What cardholders and their banks do.
  'POST /admin/challenges/:id': (provider, request, id) => {
    const { outcome } = parse(answer, request);
    return provider.run('challenge', keyed(request), () =>
      provider.bank.answerChallenge(id, outcome === 'pass'),
    );
  },
  'POST /admin/disputes': (provider, request) => {
    const dispute = parse(newDispute, request);
    return provider.run('dispute', keyed(request), () => openDispute(provider.bank, dispute));
  },
  'POST /admin/disputes/:id/close': (provider, request, id) => {
    const { status } = parse(verdict, request);
    return provider.run('dispute', keyed(request), () => closeDispute(provider.bank, id, status));
  },
  'GET /admin/ledger': ({ bank }) => ok(totals(bank.movements)),
};

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function keyed({ headers, method, url, body }: Request): { key: string | undefined; content: string } {
  const key = headers['idempotency-key'];
  return {
    key: typeof key === 'string' ? key.slice(0, 255) : undefined,
    content: `${method} ${url.pathname} ${body}`,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, { body }: Request): z.output<Schema> {
  let json: unknown;
  try {
    json = body === '' ? {} : JSON.parse(body);
  } catch {
    throw new Refusal(400, { type: 'invalid_request_error', code: 'body_not_json' });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refusal(400, {
    type: 'invalid_request_error',
    code: 'parameter_invalid',
    param: issue?.path.join('.'),
  });
}

function listPage<Item extends { id: string; created: number }>(
  items: readonly Item[],
  url: URL,
): { object: 'list'; data: Item[]; has_more: boolean } {
  const result = page.safeParse(Object.fromEntries(url.searchParams));
  if (!result.success) throw new Refusal(400, { type: 'invalid_request_error', code: 'parameter_invalid' });
  const { limit, starting_after: after, created_gte: from, created_lt: to } = result.data;
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const matching: Item[] = [];
  for (let index = start; index < items.length && matching.length <= limit; index++) {
    const item = items[index];
    if (item !== undefined && item.created >= from && item.created < to) matching.push(item);
  }
  return { object: 'list', data: matching.slice(0, limit), has_more: matching.length > limit };
}

function totals(movements: readonly { type: string; currency: string; amount: number }[]): object {
  const sums: Record<
    string,
    { charges: number; refunds: number; charge_count: number; refund_count: number }
  > = {};
  for (const { type, currency, amount: moved } of movements) {
    const sum = (sums[currency] ??= { charges: 0, refunds: 0, charge_count: 0, refund_count: 0 });
    if (type === 'charge') {
      sum.charges += moved;
      sum.charge_count += 1;
    } else if (type === 'refund') {
      sum.refunds -= moved;
      sum.refund_count += 1;
    }
  }
  return { currencies: sums };
}
