import { createHash } from 'node:crypto';
import { unavailable } from '@souk/kernel';
import { z } from 'zod';
import type { CardVault } from '../app/methods/ports.ts';
import { type ProviderAccess, type ProviderReply, providerConnection } from './provider-connection.ts';
import { refusal } from './simulator-objects.ts';

const paymentMethod = z.object({
  id: z.string().min(1).max(64),
  object: z.literal('payment_method'),
  card: z.object({
    brand: z.string().max(32),
    last4: z.string().regex(/^\d{4}$/),
    exp_month: z.number().int().min(1).max(12),
    exp_year: z.number().int().min(2000).max(9999),
    country: z.string().max(2).default(''),
    fingerprint: z.string().max(64).default(''),
  }),
});

/** Where the simulated provider keeps cards. */
export function simulatorVault(access: ProviderAccess): CardVault {
  const request = providerConnection(access);
  return {
    // `pm_card_visa-jo` is one particular card; plain test tokens stand for another one each time.
    fingerprintOf: (token) =>
      token.includes('-') ? createHash('sha256').update(token).digest('hex').slice(0, 16) : '',

    async attach(key, customerId, token) {
      const path = `/v1/payment_methods/${encodeURIComponent(token)}/attach`;
      const reply = await request(path, key, { customer: customerId });
      if (reply.status !== 200) return { outcome: 'refused', code: refusalOf(reply) };
      const { id: reference, card } = read(paymentMethod, reply);
      return {
        outcome: 'attached',
        reference,
        card: {
          brand: card.brand,
          last4: card.last4,
          expireMonth: card.exp_month,
          expireYear: card.exp_year,
          country: card.country,
          fingerprint: card.fingerprint,
        },
      };
    },

    async detach(key, providerReference) {
      const path = `/v1/payment_methods/${encodeURIComponent(providerReference)}/detach`;
      const reply = await request(path, key, {});
      // What is not there any more is forgotten already.
      if (reply.status !== 200 && reply.status !== 404) throw unreadable(reply.status);
    },
  };
}

function refusalOf(reply: ProviderReply): string {
  const { error } = read(refusal, reply);
  return error.decline_code ?? error.code;
}

// An answer that we cannot read leaves the outcome open, as no answer does.
function read<Schema extends z.ZodType>(schema: Schema, { json }: ProviderReply): z.output<Schema> {
  const result = schema.safeParse(json);
  if (!result.success) throw unreadable(result.error);
  return result.data;
}

function unreadable(cause: unknown): Error {
  return unavailable('PROVIDER_UNAVAILABLE', 'The payment provider gave an answer that cannot be read.', {
    cause,
  });
}
