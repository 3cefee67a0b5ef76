import { revocationsKnown } from '../metrics.ts';

/** Access tokens that have ended before they expire: those of one session, or all below a version of their subject. */
export interface Revocation {
  /** `sub` of the tokens. */
  readonly subjectId: string;
  /** `sid` of the tokens; empty for all sessions. */
  readonly sessionId: string;
  /** With an empty `sessionId`: tokens whose `ver` is below this have ended. */
  readonly minVersion: number;
  /** When the last token concerned has expired by itself, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface OfSubject {
  minVersion: number;
  expiresAt: number;
  readonly sessions: Map<string, number>;
}

const SWEEP_EVERY_MS = 60_000;

/**
 * The revocations that a process knows, fed by identity's stream and asked on every call: one look-up in a map by the
 * token's subject. Entries go when the tokens they concern have expired, so the map is bounded by what ends within the
 * life of a token.
 *
 * A list that has not heard from identity for longer than `graceMs` is stale. Shoppers' tokens are then taken until they
 * expire, so that an outage of identity signs nobody out; tokens that carry permissions are not, because what they open
 * is worth more than the minutes of an outage.
 */
export class Revocations {
  readonly #graceMs: number;
  readonly #subjects = new Map<string, OfSubject>();
  #heardAt: number;
  #sweptAt: number;

  constructor(graceMs: number, now: number = Date.now()) {
    this.#graceMs = graceMs;
    this.#heardAt = now;
    this.#sweptAt = now;
  }

  /** Takes revocations in, in any order and any number of times, and with them a sign of life. */
  hear(revocations: Iterable<Revocation>, now: number = Date.now()): void {
    this.#heardAt = now;
    for (const revocation of revocations) this.#add(revocation);
    if (now - this.#sweptAt > SWEEP_EVERY_MS) this.#sweep(now);
    revocationsKnown.set(this.#subjects.size);
  }

  /** Whether a token has ended. */
  has(subjectId: string, sessionId: string | undefined, version: number): boolean {
    const known = this.#subjects.get(subjectId);
    if (known === undefined) return false;
    return version < known.minVersion || (sessionId !== undefined && known.sessions.has(sessionId));
  }

  /** Whether nothing was heard for so long that privileged tokens cannot be trusted. */
  isStale(now: number): boolean {
    return now - this.#heardAt > this.#graceMs;
  }

  #add({ subjectId, sessionId, minVersion, expiresAt }: Revocation): void {
    let known = this.#subjects.get(subjectId);
    if (known === undefined) {
      known = { minVersion: 0, expiresAt, sessions: new Map() };
      this.#subjects.set(subjectId, known);
    }
    known.expiresAt = Math.max(known.expiresAt, expiresAt);
    if (sessionId === '') known.minVersion = Math.max(known.minVersion, minVersion);
    else known.sessions.set(sessionId, Math.max(known.sessions.get(sessionId) ?? 0, expiresAt));
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [subjectId, known] of this.#subjects) {
      if (known.expiresAt <= now) this.#subjects.delete(subjectId);
      else for (const [id, expiresAt] of known.sessions) if (expiresAt <= now) known.sessions.delete(id);
    }
  }
}
