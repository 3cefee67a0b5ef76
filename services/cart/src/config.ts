import { z } from 'zod';

/** Cart has no settings of its own. */
export const config = z.object({});
