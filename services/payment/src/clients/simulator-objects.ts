import { Money } from '@souk/kernel';
import { z } from 'zod';
import type { ProviderEvent } from '../domain/provider-event.ts';
import type { Movement } from '../domain/reconciliation.ts';

const metadata = z.object({ payment_id: z.string().max(64).default('') }).default({ payment_id: '' });
const minor = z.number().int();
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .transform((code) => code.toUpperCase());

/** The provider's payment intent, as far as we use it. */
export const paymentIntent = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('payment_intent'),
  amount_received: minor,
  currency,
  metadata,
});

/** The provider's refund, as far as we use it. */
export const refund = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('refund'),
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
  const common = { id, paymentId: data.object.metadata.payment_id };
  if (data.object.object === 'refund') {
    const amount = Money.of(data.object.currency, data.object.amount);
    return { ...common, type: 'refunded', refundReference: data.object.id, amount };
  }
  switch (type) {
    case 'payment_intent.succeeded':
      return {
        ...common,
        type: 'captured',
        amount: Money.of(data.object.currency, data.object.amount_received),
      };
    case 'payment_intent.canceled':
      return { ...common, type: 'canceled' };
    default:
      return { ...common, type: 'other' };
  }
}
