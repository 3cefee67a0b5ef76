import { z } from 'zod';

/** The chain of calls, by the service that each link stands for; the contracts allow each to call the next. */
export const HOPS = {
  storefront: 'storefront',
  'catalog-near': 'catalog',
  pricing: 'pricing',
  'catalog-far': 'catalog',
} as const;

/** A link of the chain. */
export const hop = z.enum(['storefront', 'catalog-near', 'pricing', 'catalog-far']);

/** What a link's program is told by. */
export const VARIABLES = { hop: 'SOUK_FAULTS_HOP', collector: 'SOUK_FAULTS_COLLECTOR' } as const;

/** What a link saw of a call. */
export const sighting = z.object({
  hop,
  event: z.enum(['came', 'ended']),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** What was left of the deadline. */
  leftMs: z.number(),
});

/** What a link saw of a call. */
export type Sighting = z.infer<typeof sighting>;
