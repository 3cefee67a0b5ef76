/** A rule that does not hold, of what, and how it is instead. */
export interface Finding {
  readonly rule: string;
  /** The order, event or thing. */
  readonly subject: string;
  readonly detail: string;
}

/** Collects what was checked and what is broken. */
export class Findings {
  readonly broken: Finding[] = [];
  readonly #counts = new Map<string, number>();

  /** Notes that a rule was looked at, and that it is broken unless it holds. */
  expect(rule: string, holds: boolean, subject: string, detail: string): void {
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    if (!holds) this.broken.push({ rule, subject, detail });
  }

  /** Rules that were looked at, with how often. */
  get checked(): readonly string[] {
    return [...this.#counts].map(([rule, count]) => `${rule} (${count})`);
  }
}
