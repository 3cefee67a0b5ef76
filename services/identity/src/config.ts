import { z } from 'zod';
import { LOGIN_BACKOFF } from './domain/login-backoff.ts';

const seconds = z.coerce.number().int().positive();

/** Identity's settings; `SOUK_IDENTITY_…` in the environment. */
export const config = z.object({
  /** Address of the first administrator, seeded at start. Nobody is seeded without it. */
  adminEmail: z.email().optional(),
  /** Password of the first administrator; only used when the account does not exist yet. */
  adminPassword: z.string().min(8).max(128).optional(),
  /** Password of the demo accounts, one for each role but admin; seeded at start. Without it, as in production, there are none. */
  demoPassword: z.string().min(8).max(128).optional(),
  /**
   * Attempts to sign in or to register from one network address that are answered at once. More where many people share an
   * address, as behind a company's exit.
   */
  placeFreeAttempts: z.coerce.number().int().positive().default(LOGIN_BACKOFF.place.freeAttempts),
  /** Life of an access token. */
  accessTtlS: seconds.max(3_600).default(900),
  /** Life of an account's session. */
  userSessionTtlS: seconds.default(30 * 86_400),
  /** Life of a guest's session. */
  guestSessionTtlS: seconds.default(30 * 86_400),
  /** How often a new key is made to sign access tokens; 0 for by command only. */
  keyRotationS: z.coerce
    .number()
    .int()
    .min(0)
    .default(30 * 86_400),
  /** From publishing a key to signing with it: longer than Envoy (60 s) and services (2 s) keep a key set. */
  keyOverlapS: seconds.default(120),
  /** argon2id: memory in KiB. */
  argon2MemoryKib: z.coerce.number().int().min(19_456).default(19_456),
  /** argon2id: passes. */
  argon2Passes: z.coerce.number().int().min(2).default(2),
  /** Password hashes made at a time. */
  hashConcurrency: z.coerce.number().int().positive().max(64).default(2),
  /** Password hashes that may wait before calls are refused. */
  hashQueue: z.coerce.number().int().positive().default(100),
});

/** Identity's settings. */
export type Config = z.infer<typeof config>;
