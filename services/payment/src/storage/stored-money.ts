import { Money } from '@souk/kernel';
import { z } from 'zod';

/** An amount as it is kept in JSON. */
export const storedMoney = z
  .object({ currency: z.string(), minor: z.string() })
  .transform((it) => Money.of(it.currency, BigInt(it.minor)));

/** A time as it is kept in JSON. */
export const storedTime = z.iso.datetime().transform((it) => new Date(it));

/** Writes what the schemas here read. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) => {
    if (it instanceof Money) return { currency: it.currency, minor: it.minor.toString() };
    return typeof it === 'bigint' ? it.toString() : it;
  });
}
