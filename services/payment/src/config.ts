import { z } from 'zod';

/** Payment's settings; `SOUK_PAYMENT_…` in the environment. */
export const config = z.object({
  /** Which payment provider: the simulated one, or Stripe. */
  provider: z.enum(['simulator', 'stripe']).default('simulator'),
  /** Address of the payment provider; Stripe's own is `https://api.stripe.com`. */
  providerUrl: z.url(),
  /** Where payers reach the simulated provider for challenges, if not at `providerUrl`. */
  providerPublicUrl: z.url().optional(),
  /** Page of the shop to which payers come back from a challenge of Stripe's. */
  returnUrl: z.url().default('http://127.0.0.1:8080/'),
  /** What we show the provider; derived from the platform's secret if left out, as the simulator does. */
  providerApiKey: z.string().min(16).optional(),
  /** Longest time to wait for one answer of the provider. */
  providerTimeoutMs: z.coerce.number().int().positive().max(4_000).default(1_800),
  /** Secret that signs the provider's webhooks; derived from the platform's secret if left out. */
  webhookSecret: z.string().min(16).optional(),
  /** How long money of an unknown payment may wait for that payment before it goes back. */
  strayAfterS: z.coerce.number().int().min(0).max(50).default(15),
  /** Movements younger than this are left out of a reconciliation. */
  settlingS: z.coerce.number().int().min(0).default(60),
});
