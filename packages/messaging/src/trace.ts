import { currentExecution, runIn } from '@souk/kernel';

/** W3C trace context of the work in progress; undefined in background work. */
export function currentTraceparent(): string | undefined {
  return currentExecution()?.traceparent;
}

/** Runs work under the trace that a message was sent in. */
export function underTrace<T>(traceparent: string | undefined, work: () => T): T {
  return traceparent === undefined ? work() : runIn({ traceparent }, work);
}
