import { z } from 'zod';

const milliseconds = z.coerce.number().int().positive();

/** Order's settings; `SOUK_ORDER_…` in the environment. */
export const config = z.object({
  /** How long a worker may keep a saga between two writes. Longer than any step's timeout. */
  sagaLeaseMs: milliseconds.default(12_000),
  /** How often to look for sagas that nobody carries on. */
  sagaPollMs: milliseconds.default(500),
  /** How many such sagas a process carries at a time. */
  sagaBatch: z.coerce.number().int().positive().default(32),
  /** How often a watch that has nothing to tell says so. */
  watchHeartbeatMs: milliseconds.default(15_000),
  /** How long a watch lasts before its client is asked to watch again. */
  watchMs: milliseconds.default(3_000_000),
  /** Connections to PostgreSQL. */
  poolMax: z.coerce.number().int().positive().default(16),
});
