import { readFileSync } from 'node:fs';
import type { CostClassName } from '@souk/gen/edge';
import { parse } from 'yaml';
import { z } from 'zod';

const limit = z.strictObject({
  requests: z.int().positive(),
  per: z.enum(['second', 'minute', 'hour', 'day']),
});

const classLimits = z.strictObject({
  held: z.enum(['apart', 'together']),
  principal: limit,
  address: limit,
});

const limits = z.strictObject({
  classes: z.strictObject({
    READ: classLimits,
    SEARCH: classLimits,
    WRITE: classLimits,
    CHECKOUT: classLimits,
    CREDENTIAL: classLimits,
    STREAM: classLimits,
  } satisfies Record<CostClassName, typeof classLimits>),
  local: z.strictObject({ address: limit.extend({ burst: z.int().positive() }) }),
});

/** How many requests in which time. */
export type Limit = z.infer<typeof limit>;

/** The content of `envoy/limits.yaml`, which explains it. */
export type Limits = z.infer<typeof limits>;

/** Reads `envoy/limits.yaml`. Throws a ZodError that names what is wrong. */
export function readLimits(): Limits {
  return limits.parse(parse(readFileSync(new URL('../../envoy/limits.yaml', import.meta.url), 'utf8')));
}

/** The classes that are limited in each Envoy apart, or over all of them together. */
export function classesHeld(
  { classes }: Limits,
  held: 'apart' | 'together',
): [cost: string, limits: { principal: Limit; address: Limit }][] {
  return Object.entries(classes).filter(([, each]) => each.held === held);
}
