import { z } from 'zod';

/** Catalog has no settings of its own. */
export const config = z.object({});
