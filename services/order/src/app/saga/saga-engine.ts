import type { Clock, Logger } from '@souk/kernel';
import { currentExecution, DomainError, newId, runIn } from '@souk/kernel';
import type { LocalStage, RemoteStage, Saga, SagaDefinition } from './saga.ts';
import { hasEnded } from './saga.ts';
import type { Rejection } from '../../domain/order.ts';
import type { StageResult } from './saga-stage.ts';
import { runStage, undoStage } from './saga-stage.ts';
import type { SagaStore, SagaTransaction } from './saga-store.ts';

const WRITE_ATTEMPTS = 3;
const WRITE_PAUSE_MS = 200;
/** What a lease must have left after the longest that the next stage may take. */
const LEASE_MARGIN_MS = 1_000;

/** How the engine works. */
export interface SagaEngineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a worker may keep a saga between two writes; longer than any step's timeout. */
  readonly leaseMs: number;
  /** How many sagas the recovery carries at a time. */
  readonly batch: number;
}

type Stage<D, Tx> = RemoteStage<D> | LocalStage<D, Tx>;

/** Thrown inside the engine when another worker has taken the saga over; its progress is no longer ours to write. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Carries sagas from stage to stage. A saga's position is stored before each remote stage and in one transaction with
 * each local one, so a crash leaves at most one stage to repeat, which its steps' keys make harmless. No transaction or
 * connection is held while another service is asked.
 */
export class SagaEngine<Tx extends SagaTransaction> {
  readonly #store: SagaStore<Tx>;
  readonly #options: SagaEngineOptions;
  readonly #definitions = new Map<string, SagaDefinition<unknown, Tx>>();
  readonly #driving = new Set<Promise<void>>();
  #recovering = 0;
  #isStopping = false;

  constructor(store: SagaStore<Tx>, options: SagaEngineOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Makes a kind of saga known. */
  register<D extends object>(definition: SagaDefinition<D, Tx>): void {
    const { decode } = definition;
    const stages = definition.stages.map((stage) => erase(stage, decode));
    this.#definitions.set(definition.kind, { ...definition, stages });
  }

  /**
   * A new saga, held by this process, to be stored with `insertSaga` in the transaction that has done its stages before
   * `stage`, and then handed to `drive`.
   */
  begin(saga: Pick<Saga, 'kind' | 'subjectId' | 'orderId' | 'data' | 'stage'>): Saga {
    const now = this.#options.clock.now();
    return {
      ...saga,
      sagaId: newId(),
      state: 'running',
      done: [],
      refusal: undefined,
      attempts: 0,
      lastError: '',
      leaseOwner: newId(),
      leaseUntil: this.#lease(now),
      createTime: now,
      updateTime: now,
      steps: [],
    };
  }

  /** A new saga that nobody holds, to be stored with `insertSaga`; the recovery takes it up. */
  beginLater(saga: Pick<Saga, 'kind' | 'subjectId' | 'orderId' | 'data' | 'stage'>): Saga {
    const begun = this.begin(saga);
    return { ...begun, leaseOwner: undefined, leaseUntil: begun.updateTime };
  }

  /**
   * Carries a saga that this process holds until it ends, has to wait, or is taken over. Never rejects. Of one that is taken
   * up it is not known how far whoever held it had come.
   */
  drive(saga: Saga, isTakenUp = false): Promise<void> {
    const driven = outsideOfTheCall(() => this.#drive(saga, isTakenUp))
      .catch((error: unknown) =>
        this.#options.log.error({ err: error, saga_id: saga.sagaId }, 'saga stopped'),
      )
      .finally(() => this.#driving.delete(driven));
    this.#driving.add(driven);
    return driven;
  }

  /** The names of the steps that a saga is at, for operators; none for one that has ended. */
  stepsOf(saga: Saga): readonly string[] {
    const stage = this.#definitions.get(saga.kind)?.stages[saga.stage];
    if (stage === undefined || hasEnded(saga)) return [];
    return 'steps' in stage ? stage.steps.map((step) => step.name) : [stage.name];
  }

  /**
   * The saga turned back at an operator's word. Steps that may have happened without being stored are undone too.
   * Undefined when there is no way back: it ended, it does not allow it, or a stage without undoing is behind it.
   */
  turnedBack(saga: Saga, refusal: Rejection): Saga | undefined {
    const definition = this.#definitions.get(saga.kind);
    if (definition === undefined || definition.onRefusal === 'block' || hasEnded(saga)) return undefined;
    if (saga.refusal !== undefined) return undefined;
    const behind = definition.stages
      .slice(0, saga.stage)
      .filter((stage) => stage.when?.(saga.data) !== false);
    if (behind.some((stage) => !('steps' in stage) && stage.undo === undefined)) return undefined;
    const now = this.#options.clock.now();
    return {
      ...saga,
      state: 'compensating',
      refusal,
      ...doubtful(definition, saga),
      data: forgetting(definition, saga),
      attempts: 0,
      leaseOwner: undefined,
      // Whoever holds the saga may still be asking another service.
      leaseUntil: saga.leaseOwner === undefined || saga.leaseUntil < now ? now : saga.leaseUntil,
      updateTime: now,
    };
  }

  /** Takes up sagas that a crash or a wait has left, and carries them on meanwhile; the number taken. */
  async recover(): Promise<number> {
    const room = this.#options.batch - this.#recovering;
    if (room <= 0) return 0;
    const sagas = await this.#store.claimDue(room, this.#options.leaseMs);
    for (const saga of sagas) {
      this.#recovering += 1;
      void this.drive(saga, true).finally(() => (this.#recovering -= 1));
    }
    return sagas.length;
  }

  /** Lets sagas that would wait here wait for another process instead, and waits for the rest. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.idle();
  }

  /** Resolves when no saga is being carried by this process. */
  async idle(): Promise<void> {
    while (this.#driving.size > 0) await Promise.all(this.#driving);
  }

  async #drive(initial: Saga, isTakenUp: boolean): Promise<void> {
    const definition = this.#definitions.get(initial.kind);
    if (definition === undefined) throw new Error(`no saga of kind ${initial.kind} is defined`);
    try {
      let saga = initial;
      while (!hasEnded(saga) && saga.leaseOwner !== undefined) {
        const stage = definition.stages[saga.stage];
        if (stage === undefined)
          throw new Error(`saga ${saga.sagaId} is at stage ${saga.stage}, which is not defined`);
        saga =
          'steps' in stage
            ? await this.#remote(definition, stage, saga, isTakenUp)
            : await this.#local(definition, stage, saga);
      }
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      this.#options.log.info({ saga_id: initial.sagaId }, 'saga was taken over by another worker');
    }
  }

  async #local(
    definition: SagaDefinition<unknown, Tx>,
    stage: LocalStage<unknown, Tx>,
    saga: Saga,
  ): Promise<Saga> {
    const next = this.#advance(definition, saga);
    await this.#patiently(() =>
      this.#store.transaction(async (tx) => {
        // First the lease: whoever took the saga over may have done the stage's work already.
        if (!(await tx.saveSaga(next, holderOf(saga)))) throw new LeaseLost();
        if (saga.refusal === undefined) await stage.run(tx, saga.data);
        else await stage.undo?.(tx, saga.data, saga.refusal);
      }),
    );
    return next;
  }

  async #remote(
    definition: SagaDefinition<unknown, Tx>,
    stage: RemoteStage<unknown>,
    saga: Saga,
    isTakenUp: boolean,
  ): Promise<Saga> {
    const { clock } = this.#options;
    const result = await (saga.refusal === undefined
      ? runStage(stage, saga, clock)
      : undoStage(stage, saga, clock));
    const next = this.#after(definition, stage, result, isTakenUp);
    if (this.#mayGoOnUnsaved(definition, saga, next)) {
      const upcoming = definition.stages[next.stage];
      return upcoming !== undefined && 'steps' in upcoming ? { ...next, leaseUntil: saga.leaseUntil } : next;
    }
    const save = (): Promise<boolean> => this.#store.saveSaga(next, holderOf(saga));
    if (!(await this.#patiently(save))) throw new LeaseLost();
    if (result.outcome === 'unknown' && next.leaseOwner !== undefined)
      await new Promise((resolve) => setTimeout(resolve, backOff(stage, next.attempts)));
    return next;
  }

  /**
   * Whether progress need not be stored now. A local stage stores it together with its own effect. Going forward, a
   * remote stage that is lost may be repeated from an earlier one, since its steps answer again what they answered
   * under their keys; but the lease that is stored must outlast it.
   */
  #mayGoOnUnsaved(definition: SagaDefinition<unknown, Tx>, saga: Saga, next: Saga): boolean {
    const upcoming = definition.stages[next.stage];
    if (next.stage === saga.stage || hasEnded(next) || upcoming === undefined) return false;
    if (!('steps' in upcoming)) return true;
    if (next.refusal !== undefined) return false;
    const longest = Math.max(...upcoming.steps.map((step) => step.timeoutMs));
    return saga.leaseUntil.getTime() - this.#options.clock.now().getTime() > longest + LEASE_MARGIN_MS;
  }

  /**
   * Writes again when the database is out of reach for a moment. A write whose answer was lost does no harm: the state
   * machine and the lease refuse it the second time, and the recovery goes on from where it has put the saga.
   */
  async #patiently<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        const isPassing = error instanceof DomainError && error.kind === 'unavailable';
        if (!isPassing || attempt === WRITE_ATTEMPTS || this.#isStopping) throw error;
        await new Promise((resolve) => setTimeout(resolve, WRITE_PAUSE_MS * attempt));
      }
    }
  }

  #after(
    definition: SagaDefinition<unknown, Tx>,
    stage: RemoteStage<unknown>,
    result: StageResult,
    isTakenUp: boolean,
  ): Saga {
    const { outcome, saga } = result;
    if (outcome === 'unknown') return this.#retry(stage, saga);
    if (outcome === 'done') return this.#advance(definition, saga);
    if (outcome === 'waiting') {
      const at = this.#options.clock.now();
      const leaseUntil = new Date(at.getTime() + (result.retryAfterMs ?? 0));
      return { ...saga, state: 'waiting', leaseOwner: undefined, updateTime: at, leaseUntil };
    }
    if (saga.state === 'compensating' || definition.onRefusal === 'block') return this.#block(saga);
    // Whoever held it before may have done later stages without storing them: they are undone as well.
    const reached = isTakenUp ? doubtful(definition, saga) : {};
    const data = forgetting(definition, saga);
    const turned: Saga = { ...saga, ...reached, data, state: 'compensating', attempts: 0 };
    const isUndone = isSettled(definition.stages[turned.stage], turned);
    return isUndone ? this.#advance(definition, turned) : this.#renew(turned);
  }

  /** The saga at its next stage with work to do, in the direction it goes. */
  #advance(definition: SagaDefinition<unknown, Tx>, saga: Saga): Saga {
    const step = saga.refusal === undefined ? 1 : -1;
    let stage = saga.stage + step;
    while (isSettled(definition.stages[stage], saga)) stage += step;
    const ended = stage < 0 || stage >= definition.stages.length;
    const going = saga.state === 'waiting' ? 'running' : saga.state;
    if (!ended) return this.#renew({ ...saga, state: going, stage, attempts: 0, lastError: '' });
    const state = saga.refusal === undefined ? 'completed' : 'compensated';
    return { ...this.#renew(saga), state, attempts: 0, lastError: '', leaseOwner: undefined };
  }

  /** What must happen was refused for good: nothing goes on before an operator has looked. */
  #block(saga: Saga): Saga {
    const at = this.#options.clock.now();
    const lastError = saga.lastError === '' ? (saga.refusal?.message ?? '') : saga.lastError;
    this.#options.log.error(
      { saga_id: saga.sagaId, order_id: saga.orderId, kind: saga.kind, error: lastError },
      'a saga is blocked: what must happen was refused for good; an operator has to decide',
    );
    const refusal = saga.state === 'compensating' ? saga.refusal : undefined;
    return {
      ...saga,
      state: 'blocked',
      refusal,
      lastError,
      leaseOwner: undefined,
      leaseUntil: at,
      updateTime: at,
    };
  }

  #retry(stage: RemoteStage<unknown>, saga: Saga): Saga {
    const state = saga.state === 'waiting' ? 'running' : saga.state;
    const next: Saga = { ...this.#renew(saga), state, attempts: saga.attempts + 1 };
    const held = Math.max(...stage.steps.map((step) => step.retry.attempts));
    this.#options.log.warn(
      { saga_id: saga.sagaId, order_id: saga.orderId, attempts: next.attempts, error: next.lastError },
      'the outcome of a saga step is unknown; it is asked again',
    );
    if (next.attempts < held && !this.#isStopping) return next;
    const wait = backOff(stage, next.attempts);
    return { ...next, leaseOwner: undefined, leaseUntil: new Date(next.updateTime.getTime() + wait) };
  }

  #renew(saga: Saga): Saga {
    const now = this.#options.clock.now();
    return { ...saga, updateTime: now, leaseUntil: this.#lease(now) };
  }

  #lease(now: Date): Date {
    return new Date(now.getTime() + this.#options.leaseMs);
  }
}

/** A saga as far as it may have come without being stored: the steps from its stage to the next local one count as done. */
function doubtful<Tx>(definition: SagaDefinition<unknown, Tx>, saga: Saga): Pick<Saga, 'done' | 'stage'> {
  const names: string[] = [];
  let last = saga.stage;
  for (const stage of definition.stages.slice(saga.stage)) {
    if (stage.when?.(saga.data) !== false) {
      if (!('steps' in stage)) break;
      names.push(...stage.steps.filter((step) => step.compensation !== undefined).map(({ name }) => name));
    }
    last += 1;
  }
  return { done: [...new Set([...saga.done, ...names])], stage: Math.max(0, last - 1) };
}

/** A saga's data without the secrets that only going forward needs. */
function forgetting<Tx>({ forgottenOnRefusal }: SagaDefinition<unknown, Tx>, { data }: Saga): unknown {
  if (forgottenOnRefusal === undefined || typeof data !== 'object') return data;
  return { ...data, ...forgottenOnRefusal };
}

/** Runs work that outlives the call which began it: not under its deadline, cancellation and token, but in its trace. */
function outsideOfTheCall<T>(work: () => T): T {
  const traceparent = currentExecution()?.traceparent;
  return traceparent === undefined ? work() : runIn({ traceparent }, work);
}

function holderOf(saga: Saga): string {
  if (saga.leaseOwner === undefined) throw new Error(`nobody holds saga ${saga.sagaId}`);
  return saga.leaseOwner;
}

/** Whether a stage has nothing left to do: not needed, or remote with all done going forward, none done going back. */
function isSettled(stage: Stage<unknown, never> | undefined, saga: Saga): boolean {
  if (stage === undefined) return false;
  if (stage.when?.(saga.data) === false) return true;
  if (!('steps' in stage)) return false;
  const forward = saga.refusal === undefined;
  return stage.steps.every((step) => saga.done.includes(step.name) === forward);
}

function backOff(stage: RemoteStage<unknown>, attempts: number): number {
  return Math.max(
    ...stage.steps.map((step) => Math.min(step.retry.maxDelayMs, step.retry.delayMs * 2 ** (attempts - 1))),
  );
}

/** Puts a definition's data type behind its decoder, so that the engine can hold sagas of all kinds. */
function erase<D extends object, Tx>(stage: Stage<D, Tx>, decode: (data: unknown) => D): Stage<unknown, Tx> {
  const { when } = stage;
  const needed = when === undefined ? {} : { when: (data: unknown): boolean => when(decode(data)) };
  if (!('steps' in stage)) {
    const { name, run, undo } = stage;
    return {
      name,
      ...needed,
      run: (tx, data) => run(tx, decode(data)),
      ...(undo === undefined ? {} : { undo: (tx, data, refusal) => undo(tx, decode(data), refusal) }),
    };
  }
  return {
    ...needed,
    steps: stage.steps.map(({ action, compensation, ...step }) => ({
      ...step,
      action: (data, call) => action(decode(data), call),
      ...(compensation === undefined
        ? {}
        : { compensation: (data: unknown, call) => compensation(decode(data), call) }),
    })),
  };
}
