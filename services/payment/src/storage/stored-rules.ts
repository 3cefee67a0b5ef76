import { Money } from '@souk/kernel';
import { z } from 'zod';
import { DIMENSIONS, SPREADS, WINDOWS } from '../domain/fraud/facts.ts';
import type { Rule } from '../domain/fraud/rule.ts';

// Rules are kept as JSON: they are read back as a whole and by nobody else.

const money = z
  .object({ currency: z.string(), minor: z.string() })
  .transform((it) => Money.of(it.currency, BigInt(it.minor)));

const condition = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('velocity'),
    dimension: z.enum(DIMENSIONS),
    window: z.enum(WINDOWS),
    limit: z.number(),
  }),
  z.object({ kind: z.literal('spread'), spread: z.enum(SPREADS), limit: z.number() }),
  z.object({ kind: z.literal('amount-over-history'), factor: z.number(), minimumPayments: z.number() }),
  z.object({ kind: z.literal('amount-over'), amount: money }),
  z.object({
    kind: z.literal('country-mismatch'),
    pair: z.enum(['billing-shipping', 'billing-card', 'shipping-card']),
  }),
  z.object({ kind: z.literal('disposable-email') }),
  z.object({ kind: z.literal('blocklisted') }),
  z.object({ kind: z.literal('features-unavailable') }),
]);

const rules: z.ZodType<Rule[]> = z.array(z.object({ id: z.string(), weight: z.number(), condition }));

/** Rules as they are stored. */
export function storedRules(it: readonly Rule[]): string {
  return JSON.stringify(it, (_key, value: unknown) =>
    value instanceof Money ? { currency: value.currency, minor: value.minor.toString() } : value,
  );
}

/** Reads stored rules. */
export function readRules(stored: unknown): Rule[] {
  return rules.parse(stored);
}
