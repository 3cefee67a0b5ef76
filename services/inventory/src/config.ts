import { z } from 'zod';

const seconds = z.coerce.number().positive();

/** Inventory's settings; `SOUK_INVENTORY_…` in the environment. */
export const config = z.object({
  /** How long a reservation holds when the caller does not say. */
  reservationTtlS: seconds.max(86_400).default(900),
  /** How locations are chosen when the caller does not say. */
  allocationStrategy: z.enum(['priority', 'highest-stock', 'fewest-splits']).default('fewest-splits'),
  /** How old an answer about availability may be. */
  availabilityMaxAgeMs: z.coerce.number().int().min(0).max(5_000).default(250),
  /** Quiet time after which a watch says that it is alive. */
  watchHeartbeatS: seconds.default(15),
  /** How long a watch stays open before it asks to be opened anew. */
  watchLifetimeS: seconds.max(3_500).default(1_800),
});

/** Inventory's settings. */
export type Config = z.infer<typeof config>;
