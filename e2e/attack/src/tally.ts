/** What came of the attempts of one attack. */
export class Tally {
  readonly title: string;
  /** How many attempts were made. */
  tried = 0;
  /** How many of them were meant to be refused, and were. */
  refused = 0;
  /** What went otherwise than it must. */
  readonly faults: string[] = [];
  /** What could not be tried, and why. */
  readonly skipped: string[] = [];

  constructor(title: string) {
    this.title = title;
  }

  /** Counts an attempt that must be refused. `fault` says what happened instead. */
  refusal(isRefused: boolean, fault: () => string): void {
    this.tried += 1;
    if (isRefused) this.refused += 1;
    else this.faults.push(fault());
  }

  /** Counts an attempt that may succeed, but must not do harm. */
  harmless(isHarmless: boolean, fault: () => string): void {
    this.tried += 1;
    if (!isHarmless) this.faults.push(fault());
  }
}
