import { describeError } from './failure.ts';
import { decodeHeaders } from './headers.ts';
import type { Failure } from './retry.ts';

/** A message that could not be handled and waits for a person. */
export interface DeadLetter {
  /** Id of the message; empty if it had none. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** The consumer group or queue that gave up. */
  readonly consumer: string;
  /** Why: the last error in one line. */
  readonly reason: string;
  readonly attempts: number;
  readonly deadTime: Date;
  /** Where it was read: `topic/partition/offset`, or the queue. */
  readonly origin: string;
}

/** What a replay did. */
export interface ReplayResult {
  readonly replayed: number;
  /** Left where they were, because they were not asked for. */
  readonly kept: number;
}

/** Which dead letters to replay; all if left out. */
export interface ReplaySelection {
  readonly ids?: readonly string[];
}

/** Names of the headers that a dead letter carries besides its own. */
export const DEAD = {
  reason: 'souk-dead-reason',
  consumer: 'souk-dead-consumer',
  attempts: 'souk-dead-attempts',
  time: 'souk-dead-time',
  origin: 'souk-dead-origin',
} as const;

/** Headers that say why a message is dead. */
export function deadHeaders(
  consumer: string,
  origin: string,
  failure: Failure,
  now: Date,
): Record<string, string> {
  return {
    [DEAD.reason]: describeError(failure.error),
    [DEAD.consumer]: consumer,
    [DEAD.attempts]: String(failure.attempts),
    [DEAD.time]: now.toISOString(),
    [DEAD.origin]: origin,
  };
}

/** Reads a dead letter's headers. */
export function readDeadLetter(
  headers: Readonly<Record<string, string>>,
  fallbackReason: string,
): DeadLetter {
  const message = decodeHeaders(headers);
  return {
    id: message?.id ?? '',
    type: message?.type ?? headers['ce_type'] ?? '',
    subject: message?.subject ?? '',
    consumer: headers[DEAD.consumer] ?? '',
    reason: headers[DEAD.reason] ?? fallbackReason,
    attempts: Number(headers[DEAD.attempts] ?? 0),
    deadTime: new Date(headers[DEAD.time] ?? 0),
    origin: headers[DEAD.origin] ?? '',
  };
}

/** A message's headers without what made it a dead letter. */
export function revivedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own: readonly string[] = Object.values(DEAD);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));
}
