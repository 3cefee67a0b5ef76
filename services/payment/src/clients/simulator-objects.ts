import { isUuid, Money } from '@souk/kernel';
import { z } from 'zod';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { Movement } from '../domain/reconciliation.ts';

// Whatever else somebody wrote there is not kept.
const paymentId = z.string().transform((id) => (isUuid(id) ? id : ''));
const metadata = z.object({ payment_id: paymentId.default('') }).default({ payment_id: '' });
const minor = z.number().int();
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .transform((code) => code.toUpperCase());

/** The provider's payment intent, as far as we use it. */
export const paymentIntent = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount_received: minor,
  last_capture_amount: minor.default(0),
  latest_charge: z.string().max(64).nullable(),
  last_payment_error: z.object({ decline_code: z.string().max(64) }).nullable(),
  next_action: z
    .object({ redirect_to_url: z.object({ url: z.string().max(2_048) }).optional() })
    .nullable()
    .default(null),
  client_secret: z.string().max(256).default(''),
  created: minor,
  currency,
  metadata,
});

/** The provider's refund, as far as we use it. */
export const refund = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('refund'),
  payment_intent: z.string().max(64).default(''),
  amount: minor,
  currency,
  metadata,
});

/** The provider's refusal. */
export const refusal = z.object({
  error: z.object({
    type: z.string(),
    code: z.string().max(64),
    decline_code: z.string().max(64).optional(),
    payment_intent: z.object({ id: z.string().max(64) }).optional(),
  }),
});

const balanceTransaction = z.object({
  id: z.string(),
  source: z.string(),
  payment_intent: z.string(),
  amount: minor,
  currency,
});

/** A page of the provider's ledger. */
export const balanceTransactions = z.object({ data: z.array(balanceTransaction), has_more: z.boolean() });

/** A balance transaction as a movement. */
export function toMovement(transaction: z.output<typeof balanceTransaction>): Movement {
  return {
    providerReference: transaction.source,
    paymentId: '',
    amount: Money.of(transaction.currency, transaction.amount),
  };
}

const event = z.object({
  id: z.string().min(1).max(64),
  type: z.string().max(64),
  data: z.object({ object: z.discriminatedUnion('object', [paymentIntent, refund]) }),
});

/** Reads a webhook's body; undefined if it is not an event of this provider. */
export function parseEvent(body: Uint8Array): ProviderEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  const parsed = event.safeParse(json);
  if (!parsed.success) return undefined;
  const { id, type, data } = parsed.data;
  return eventOf(id, type, data.object);
}

/** What an object of the provider says when it is told of under an event's type. */
export function eventOf(
  id: string,
  type: string,
  object: z.output<typeof paymentIntent> | z.output<typeof refund>,
): ProviderEvent {
  const common = { id, paymentId: object.metadata.payment_id };
  if (object.object === 'refund') {
    const amount = Money.of(object.currency, object.amount);
    const { id: refundReference, payment_intent: providerReference } = object;
    return { ...common, providerReference, type: 'refunded', refundReference, amount };
  }
  const of = { ...common, providerReference: object.id };
  const captured = (keepsRemainder: boolean): ProviderEvent => ({
    ...of,
    type: 'captured',
    captureReference: object.latest_charge ?? object.id,
    amount: Money.of(object.currency, object.last_capture_amount),
    keepsRemainder,
  });
  switch (type) {
    case 'payment_intent.succeeded':
      return captured(false);
    case 'payment_intent.amount_capturable_updated':
      return object.amount_received > 0 ? captured(true) : { ...of, type: 'authorized' };
    case 'payment_intent.payment_failed':
      return { ...of, type: 'declined', declineCode: object.last_payment_error?.decline_code ?? 'declined' };
    case 'payment_intent.canceled':
      return { ...of, type: 'canceled' };
    default:
      return { ...of, type: 'other' };
  }
}
