import type { Finding } from './findings.ts';

/** How much a scenario does: `small` within `npm test`, `full` by the named command. */
export type Size = 'small' | 'full';

/** How a scenario is played. */
export interface Play {
  readonly size: Size;
  /** All chance comes from it; when a fault hits depends on the machine as well. */
  readonly seed: number;
}

/** What came of a scenario. */
export interface Outcome {
  /** What was done to the platform. */
  readonly injected: readonly string[];
  /** What was looked at, with counts. */
  readonly checked: readonly string[];
  readonly broken: readonly Finding[];
}

/** A guarantee, and how to shake it. */
export interface Scenario {
  /** Its row in the list of guarantees, for example `R3`. */
  readonly id: string;
  /** What must hold, in a line. */
  readonly promise: string;
  play(play: Play): Promise<Outcome>;
}
