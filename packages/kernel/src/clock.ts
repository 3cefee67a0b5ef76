/** The present time, behind an interface so that tests can set it. */
export interface Clock {
  /** Now. */
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
