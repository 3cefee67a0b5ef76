import { AsyncLocalStorage } from 'node:async_hooks';

/** What work in progress belongs to: a call being served or a message being handled. */
export interface Execution {
  /** W3C trace context of this hop, passed on with every call made and message written. */
  readonly traceparent: string;
  /** Aborted when nobody waits for the work any more; left out where it has to be done all the same. */
  readonly signal?: AbortSignal;
}

const storage = new AsyncLocalStorage<Execution>();

/** The execution that this asynchronous context belongs to; undefined in background work of its own accord. */
export function currentExecution(): Execution | undefined {
  return storage.getStore();
}

/** Runs `work`, and whatever it starts, as part of an execution. */
export function runIn<T>(execution: Execution, work: () => T): T {
  return storage.run(execution, work);
}

/** Runs work that outlives the call which began it, or serves several: in its trace, not under its cancellation. */
export function detached<T>(work: () => T): T {
  const execution = storage.getStore();
  return execution === undefined ? work() : storage.run({ traceparent: execution.traceparent }, work);
}
