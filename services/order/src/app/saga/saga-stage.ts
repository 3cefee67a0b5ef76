import type { Rejection } from '../../domain/order.ts';
import type { RemoteStage, RemoteStep, Saga } from './saga.ts';
import { StepRefused } from './saga.ts';

/** A saga after one attempt at a stage: all of it done, some of it refused, or something still unknown. */
export interface StageResult {
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly saga: Saga;
}

type StepOutcome =
  | { readonly kind: 'done'; readonly patch: object }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Attempts the steps of a stage that are not done yet, in parallel. While one is unknown nothing is decided, even if
 * another was refused: what is not known cannot be undone.
 */
export async function runStage(stage: RemoteStage<unknown>, saga: Saga): Promise<StageResult> {
  const open = stage.steps.filter((step) => !saga.done.includes(step.name));
  const outcomes = await Promise.all(
    open.map((step) => attempt(() => step.action(saga.data, callOf(step, saga, '')))),
  );
  const results = open.map((step, index) => ({ step, outcome: outcomes[index] }));
  let next = saga;
  let refusal: Rejection | undefined;
  const unknown: string[] = [];
  for (const { step, outcome } of results) {
    if (outcome === undefined) continue;
    if (outcome.kind === 'done')
      next = { ...next, done: [...next.done, step.name], data: merge(next.data, outcome.patch) };
    else if (outcome.error instanceof StepRefused) refusal ??= outcome.error.refusal;
    else if (step.bestEffort !== true) unknown.push(describe(step, outcome.error));
  }
  // A refusal counts only once all is known; until then the refused step is asked again and refuses again.
  if (unknown.length > 0) return { outcome: 'unknown', saga: { ...next, lastError: unknown.join('; ') } };
  if (refusal !== undefined) return { outcome: 'refused', saga: { ...next, refusal } };
  return { outcome: 'done', saga: next };
}

/** Undoes those steps of a stage that were done, in parallel. A refusal to undo waits for an operator like a failure. */
export async function undoStage(stage: RemoteStage<unknown>, saga: Saga): Promise<StageResult> {
  const open = stage.steps.filter((step) => saga.done.includes(step.name));
  const outcomes = await Promise.all(
    open.map((step) =>
      attempt(async () => (await step.compensation?.(saga.data, callOf(step, saga, ':undo'))) ?? {}),
    ),
  );
  let next = saga;
  outcomes.forEach((outcome, index) => {
    const step = open[index];
    if (step === undefined) return;
    if (outcome.kind === 'done')
      next = {
        ...next,
        done: next.done.filter((name) => name !== step.name),
        data: merge(next.data, outcome.patch),
      };
    else next = { ...next, lastError: describe(step, outcome.error) };
  });
  const undone = outcomes.every((outcome) => outcome.kind === 'done');
  return { outcome: undone ? 'done' : 'unknown', saga: next };
}

async function attempt(action: () => Promise<object>): Promise<StepOutcome> {
  try {
    return { kind: 'done', patch: await action() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function callOf(step: RemoteStep<unknown>, saga: Saga, suffix: string): { key: string; timeoutMs: number } {
  return { key: `${saga.subjectId}:${step.name}${suffix}`, timeoutMs: step.timeoutMs };
}

function merge(data: unknown, patch: object): unknown {
  return { ...(typeof data === 'object' ? data : {}), ...patch };
}

function describe(step: RemoteStep<unknown>, error: unknown): string {
  return `${step.name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
}
