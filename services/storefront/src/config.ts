import { z } from 'zod';

/** Settings of storefront. */
export const config = z.object({
  /** How long a page waits for the product itself, in milliseconds. */
  PRODUCT_DEADLINE_MS: z.coerce.number().int().positive().default(1_000),
  /** How long it waits for each further section, all at the same time, in milliseconds. */
  SECTION_DEADLINE_MS: z.coerce.number().int().positive().default(700),
});
