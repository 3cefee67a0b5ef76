import type { FraudDecision } from './rule-set.ts';

/** What a payment turned out to be. */
export type FraudOutcome = 'legitimate' | 'fraud';

/** A judged payment; `outcome` is undefined while nobody knows. */
export interface JudgedPayment {
  readonly decision: FraudDecision;
  readonly ruleIds: readonly string[];
  readonly outcome: FraudOutcome | undefined;
}

/** How well something told fraud from legitimate payments, of those whose outcome is known. */
export interface Accuracy {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** Share of the flagged that were fraud; undefined if none was flagged. */
  readonly precision: number | undefined;
  /** Share of the fraud that was flagged; undefined if there was none. */
  readonly recall: number | undefined;
}

/** What came of a number of judgements. */
export interface FraudReport {
  readonly counts: Readonly<Record<FraudDecision, number>>;
  readonly labelled: number;
  /** Flagged = declined or sent to review. */
  readonly flagged: Accuracy;
  readonly declined: Accuracy;
  readonly byRule: ReadonlyMap<string, Accuracy>;
}

interface Tally {
  truePositives: number;
  falsePositives: number;
}

/** Collects judgements one by one, in constant memory. */
export class FraudReportBuilder {
  private readonly counts = { allow: 0, review: 0, decline: 0 };
  private readonly flagged = tally();
  private readonly declined = tally();
  private readonly rules = new Map<string, Tally>();
  private fraud = 0;
  private legitimate = 0;

  /** Rules that are listed even if they never held. */
  constructor(ruleIds: Iterable<string> = []) {
    for (const id of ruleIds) this.rules.set(id, tally());
  }

  add({ decision, ruleIds, outcome }: JudgedPayment): void {
    this.counts[decision] += 1;
    if (outcome === undefined) return;
    const isFraud = outcome === 'fraud';
    if (isFraud) this.fraud += 1;
    else this.legitimate += 1;
    if (decision !== 'allow') mark(this.flagged, isFraud);
    if (decision === 'decline') mark(this.declined, isFraud);
    for (const id of ruleIds) {
      const seen = this.rules.get(id) ?? tally();
      mark(seen, isFraud);
      this.rules.set(id, seen);
    }
  }

  report(): FraudReport {
    return {
      counts: { ...this.counts },
      labelled: this.fraud + this.legitimate,
      flagged: this.accuracyOf(this.flagged),
      declined: this.accuracyOf(this.declined),
      byRule: new Map([...this.rules].map(([id, seen]) => [id, this.accuracyOf(seen)])),
    };
  }

  private accuracyOf({ truePositives, falsePositives }: Tally): Accuracy {
    const marked = truePositives + falsePositives;
    return {
      truePositives,
      falsePositives,
      falseNegatives: this.fraud - truePositives,
      trueNegatives: this.legitimate - falsePositives,
      precision: marked === 0 ? undefined : truePositives / marked,
      recall: this.fraud === 0 ? undefined : truePositives / this.fraud,
    };
  }
}

const tally = (): Tally => ({ truePositives: 0, falsePositives: 0 });

function mark(seen: Tally, isFraud: boolean): void {
  if (isFraud) seen.truePositives += 1;
  else seen.falsePositives += 1;
}
