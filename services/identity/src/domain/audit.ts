/** One thing that somebody did to security or administration. Holds ids only, no personal data, because it stays. */
export interface AuditEntry {
  /** Who did it: an account's or service account's id; empty for the platform itself or a stranger. */
  readonly actorId: string;
  /** What, as `<noun>.<verb in past tense>`. */
  readonly action: string;
  /** To whom or what; empty when there is nobody in particular. */
  readonly subjectId: string;
  /** What else there is to say, for example the role and the reason. */
  readonly detail: Readonly<Record<string, string>>;
}

/** An entry in its place in the chain. */
export interface ChainedEntry extends AuditEntry {
  /** From 1, without gaps. */
  readonly sequence: bigint;
  readonly time: Date;
  /** Hash of the entry before; empty for the first. */
  readonly previousHash: string;
  /** Keyed hash of this entry and the one before, in hex. */
  readonly hash: string;
}

/** What is hashed of an entry: one text for one meaning, whatever the fields hold. */
export function chainText(entry: Omit<ChainedEntry, 'hash'>): string {
  return JSON.stringify([
    entry.previousHash,
    entry.sequence.toString(),
    entry.time.toISOString(),
    entry.actorId,
    entry.action,
    entry.subjectId,
    Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** Where a chain is broken: the first entry that is not what it was, or that is missing. */
export interface ChainBreak {
  readonly sequence: bigint;
  readonly problem: 'changed' | 'missing';
}

/** The state of a check that goes through the chain page by page. */
export interface ChainCheck {
  readonly checked: bigint;
  readonly lastHash: string;
  readonly broken: ChainBreak | undefined;
}

/** Continues the check of a chain with its next entries, in order. Stops at the first break. */
export function checkChain(
  before: ChainCheck,
  entries: readonly ChainedEntry[],
  hashOf: (text: string) => string,
): ChainCheck {
  let check = before;
  for (const entry of entries) {
    if (check.broken !== undefined) return check;
    const sequence = check.checked + 1n;
    if (entry.sequence !== sequence) return { ...check, broken: { sequence, problem: 'missing' } };
    if (entry.previousHash !== check.lastHash || hashOf(chainText(entry)) !== entry.hash)
      return { ...check, broken: { sequence, problem: 'changed' } };
    check = { checked: sequence, lastHash: entry.hash, broken: undefined };
  }
  return check;
}
