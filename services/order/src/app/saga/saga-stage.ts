import type { Clock } from '@souk/kernel';
import type { Rejection } from '../../domain/order.ts';
import type { RemoteStage, RemoteStep, Saga, StepCall, StepRecord } from './saga.ts';
import { StepRefused, StepWaiting } from './saga.ts';

/** A saga after one attempt at a stage: all of it done, some of it refused, waiting, or something still unknown. */
export interface StageResult {
  readonly outcome: 'done' | 'refused' | 'waiting' | 'unknown';
  readonly saga: Saga;
  /** When to look again, for `waiting`. */
  readonly retryAfterMs?: number;
}

type StepOutcome =
  | { readonly kind: 'done'; readonly patch: object }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Attempts the steps of a stage that are not done yet, in parallel. While one is unknown nothing is decided, even if
 * another was refused: what is not known cannot be undone.
 */
export async function runStage(stage: RemoteStage<unknown>, saga: Saga, clock: Clock): Promise<StageResult> {
  const open = stage.steps.filter((step) => !saga.done.includes(step.name));
  const began = clock.now();
  const outcomes = await Promise.all(
    open.map((step) => attempt(() => step.action(saga.data, callOf(step, saga, '')))),
  );
  const ended = clock.now();
  let next = saga;
  let refusal: Rejection | undefined;
  let waiting: StepWaiting | undefined;
  const unknown: string[] = [];
  open.forEach((step, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return;
    next = { ...next, steps: recorded(next.steps, step, 'do', outcome, began, ended) };
    if (outcome.kind === 'done')
      next = { ...next, done: [...next.done, step.name], data: merge(next.data, outcome.patch) };
    else if (outcome.error instanceof StepRefused) refusal ??= outcome.error.refusal;
    else if (outcome.error instanceof StepWaiting) waiting ??= outcome.error;
    else if (step.bestEffort !== true) unknown.push(describe(step, outcome.error));
  });
  // A refusal counts only once all is known; until then the refused step is asked again and refuses again.
  if (unknown.length > 0) return { outcome: 'unknown', saga: { ...next, lastError: unknown.join('; ') } };
  if (refusal !== undefined) return { outcome: 'refused', saga: { ...next, refusal } };
  if (waiting !== undefined)
    return {
      outcome: 'waiting',
      saga: { ...next, lastError: waiting.message },
      retryAfterMs: waiting.retryAfterMs,
    };
  return { outcome: 'done', saga: next };
}

/** Undoes those steps of a stage that were done, in parallel. What refuses to be undone blocks the saga. */
export async function undoStage(stage: RemoteStage<unknown>, saga: Saga, clock: Clock): Promise<StageResult> {
  const open = stage.steps.filter((step) => saga.done.includes(step.name));
  const began = clock.now();
  const outcomes = await Promise.all(
    open.map((step) =>
      attempt(async () => (await step.compensation?.(saga.data, callOf(step, saga, ':undo'))) ?? {}),
    ),
  );
  const ended = clock.now();
  let next = saga;
  open.forEach((step, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return;
    if (step.compensation !== undefined)
      next = { ...next, steps: recorded(next.steps, step, 'undo', outcome, began, ended) };
    if (outcome.kind === 'done')
      next = {
        ...next,
        done: next.done.filter((name) => name !== step.name),
        data: merge(next.data, outcome.patch),
      };
    else next = { ...next, lastError: describe(step, outcome.error) };
  });
  const isRefused = outcomes.some(
    (outcome) => outcome.kind === 'failed' && outcome.error instanceof StepRefused,
  );
  if (outcomes.every((outcome) => outcome.kind === 'done')) return { outcome: 'done', saga: next };
  return { outcome: isRefused ? 'refused' : 'unknown', saga: next };
}

/** The records with one more attempt at a step in them. */
function recorded(
  records: readonly StepRecord[],
  step: RemoteStep<unknown>,
  direction: StepRecord['direction'],
  outcome: StepOutcome,
  began: Date,
  ended: Date,
): readonly StepRecord[] {
  const isSame = (record: StepRecord): boolean => record.name === step.name && record.direction === direction;
  const known = records.find(isSame);
  const isOpen = outcome.kind === 'failed' && !(outcome.error instanceof StepRefused);
  const record: StepRecord = {
    name: step.name,
    direction,
    attempts: (known?.attempts ?? 0) + 1,
    startTime: known?.startTime ?? began,
    endTime: isOpen ? undefined : ended,
    lastError: outcome.kind === 'failed' ? describe(step, outcome.error) : (known?.lastError ?? ''),
  };
  return known === undefined
    ? [...records, record]
    : records.map((other) => (isSame(other) ? record : other));
}

async function attempt(action: () => Promise<object>): Promise<StepOutcome> {
  try {
    return { kind: 'done', patch: await action() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function callOf(step: RemoteStep<unknown>, saga: Saga, suffix: '' | ':undo'): StepCall {
  const direction = suffix === '' ? 'do' : 'undo';
  const known = saga.steps.find((record) => record.name === step.name && record.direction === direction);
  const key = `${saga.subjectId}:${step.name}${suffix}`;
  return { key, timeoutMs: step.timeoutMs, attempt: known?.attempts ?? 0 };
}

function merge(data: unknown, patch: object): unknown {
  return { ...(typeof data === 'object' ? data : {}), ...patch };
}

function describe(step: RemoteStep<unknown>, error: unknown): string {
  return `${step.name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
}
