import type { Rejection } from '../../domain/order.ts';

/**
 * Where a saga is: going forward; waiting for something that takes its time, such as a buyer; being undone; blocked until
 * an operator decides, because what must happen was refused for good; or ended either way.
 */
export type SagaState = 'running' | 'waiting' | 'compensating' | 'blocked' | 'completed' | 'compensated';

/** What a step went through, for operators. */
export interface StepRecord {
  readonly name: string;
  readonly direction: 'do' | 'undo';
  readonly attempts: number;
  /** When the first attempt began. */
  readonly startTime: Date;
  /** When the step was done, refused or undone; undefined while that is open. */
  readonly endTime: Date | undefined;
  /** What the last failed attempt said; empty when none failed. */
  readonly lastError: string;
}

/** A saga as it is stored. Its data is kept as JSON; each definition parses its own. */
export interface Saga {
  readonly sagaId: string;
  readonly kind: string;
  /** What it works on; with `kind` it is unique, and it begins every step's key. */
  readonly subjectId: string;
  readonly orderId: string;
  readonly state: SagaState;
  /** Index of the stage that runs, or is undone, now. */
  readonly stage: number;
  /** Names of the steps whose effect stands. */
  readonly done: readonly string[];
  readonly data: unknown;
  /** Why it is being undone. */
  readonly refusal: Rejection | undefined;
  /** Failed attempts at the present stage. */
  readonly attempts: number;
  readonly lastError: string;
  /** Fencing token of the worker that holds the saga; undefined while it waits. */
  readonly leaseOwner: string | undefined;
  /** Nobody else takes the saga up before this time. */
  readonly leaseUntil: Date;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** What its steps went through, in the order they began. */
  readonly steps: readonly StepRecord[];
}

/** How often and how soon a step whose outcome is unknown is tried again, always under the same key. */
interface RetryPolicy {
  /** Attempts made while the saga is held; after them it waits for the recovery worker. */
  readonly attempts: number;
  /** Wait after the first failed attempt; doubles with each. */
  readonly delayMs: number;
  /** The longest wait. */
  readonly maxDelayMs: number;
}

/** What a step's action is given besides the data. */
export interface StepCall {
  /** `<subject id>:<step>`, or with `:undo` for the compensation: the same on every attempt. */
  readonly key: string;
  /** How long the call may take. */
  readonly timeoutMs: number;
  /** How often the step was attempted before. */
  readonly attempt: number;
}

/** Work done by another service. Both directions are idempotent under their key. */
export interface RemoteStep<D> {
  readonly name: string;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Tried once, without holding up the saga when that fails; a later stage names the step again to make sure. */
  readonly bestEffort?: boolean;
  /** Does the step; the result is merged into the data. Throws StepRefused when it is known not to happen. */
  readonly action: (data: D, call: StepCall) => Promise<Partial<D>>;
  /** Undoes the step; harmless when the step never happened, for an operator may turn a saga back in doubt. */
  readonly compensation?: (data: D, call: StepCall) => Promise<Partial<D>>;
}

/** Work in the saga's own database, in one transaction with its progress. It cannot be refused. */
export interface LocalStage<D, Tx> {
  readonly name: string;
  /** Says that the stage is needed; always when absent. */
  readonly when?: (data: D) => boolean;
  readonly run: (tx: Tx, data: D) => Promise<void>;
  readonly undo?: (tx: Tx, data: D, refusal: Rejection) => Promise<void>;
}

/** Steps of one stage run in parallel; the next stage begins when all are done. */
export interface RemoteStage<D> {
  /** Says that the stage is needed; always when absent. */
  readonly when?: (data: D) => boolean;
  readonly steps: readonly RemoteStep<D>[];
}

/** A saga as data: stages in order, undone in reverse. */
export interface SagaDefinition<D, Tx> {
  readonly kind: string;
  /** Parses stored data. */
  readonly decode: (data: unknown) => D;
  /** What a refusal does: turn the saga back, or block it until an operator decides since there is no way back. */
  readonly onRefusal: 'compensate' | 'block';
  /** What is written over its data when it turns back: secrets that only going forward needs. */
  readonly forgottenOnRefusal?: object;
  readonly stages: readonly (RemoteStage<D> | LocalStage<D, Tx>)[];
}

/** Thrown by a step whose effect is known not to have happened and never to happen under its key. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused';
  readonly refusal: Rejection;

  constructor(refusal: Rejection) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Thrown by a step that has to wait for something which takes its time and is no failure. */
export class StepWaiting extends Error {
  override readonly name = 'StepWaiting';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether a saga needs no more work. */
export function hasEnded(saga: Saga): boolean {
  return saga.state === 'completed' || saga.state === 'compensated';
}
