import { z } from 'zod';

/** Review's settings; it has none of its own yet. */
export const config = z.object({});
