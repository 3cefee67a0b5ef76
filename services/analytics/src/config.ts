import { z } from 'zod';

/** Analytics' settings; `SOUK_ANALYTICS_…` in the environment. */
export const config = z.object({
  /** The merchant's time zone, an IANA name: decides on which day a sale falls. Change it, then rebuild. */
  timeZone: z.string().default('UTC').refine(isTimeZone, 'an IANA time zone, for example Europe/London'),
});

/** Analytics' settings. */
export type Config = z.infer<typeof config>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
