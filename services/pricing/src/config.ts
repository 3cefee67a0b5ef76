import { z } from 'zod';

/** Settings of pricing, from `SOUK_PRICING_<KEY>`. */
export const config = z.object({
  /** How long a quote holds, in seconds. */
  quoteTtlS: z.coerce.number().int().min(10).max(86_400).default(900),
});
