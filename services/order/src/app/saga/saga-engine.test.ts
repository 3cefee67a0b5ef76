import { describe, expect, it } from '@jest/globals';
import { type Logger, newId, unavailable } from '@souk/kernel';
import type { Saga, SagaDefinition } from './saga.ts';
import { hasEnded, StepRefused, StepWaiting } from './saga.ts';
import { SagaEngine } from './saga-engine.ts';
import type { SagaStore, SagaTransaction } from './saga-store.ts';

type Data = Record<string, string>;

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const quick = { timeoutMs: 100, retry: { attempts: 2, delayMs: 1, maxDelayMs: 2 } };
const soldOut = new StepRefused({ reason: 'STOCK_INSUFFICIENT', message: 'sold out', metadata: {} });

/** Keeps sagas in memory; `crashAt` makes the n-th write fail as a dying process would. */
class MemoryStore implements SagaStore<SagaTransaction> {
  readonly sagas = new Map<string, Saga>();
  writes = 0;
  crashAt = Number.POSITIVE_INFINITY;
  /** How many writes find the database out of reach. */
  outOfReach = 0;

  async transaction<T>(work: (tx: SagaTransaction) => Promise<T>): Promise<T> {
    return work({
      insertSaga: async (saga) => void this.sagas.set(saga.sagaId, saga),
      saveSaga: (saga, holder) => this.saveSaga(saga, holder),
    });
  }

  async saveSaga(saga: Saga, holder: string): Promise<boolean> {
    this.writes += 1;
    if (this.writes >= this.crashAt) throw new Error('the process died');
    if (this.outOfReach-- > 0) throw unavailable('DEPENDENCY_UNAVAILABLE', 'no connection');
    if (this.sagas.get(saga.sagaId)?.leaseOwner !== holder) return false;
    this.sagas.set(saga.sagaId, structuredClone(saga));
    return true;
  }

  async claimDue(limit: number): Promise<readonly Saga[]> {
    const due = [...this.sagas.values()].filter((saga) => !hasEnded(saga)).slice(0, limit);
    const claimed = due.map((saga) => ({ ...saga, leaseOwner: newId() }));
    for (const saga of claimed) this.sagas.set(saga.sagaId, saga);
    return claimed;
  }
}

/** Two remote stages around a local one; `fail` decides what a step's attempt does. */
function definitionOf(
  log: string[],
  fail: (step: string, attempt: number) => Error | undefined = () => undefined,
) {
  const attempts = new Map<string, number>();
  const act = (key: string): Promise<Data> => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    log.push(key);
    const error = fail(key.slice(key.indexOf(':') + 1), attempt);
    return error === undefined ? Promise.resolve({ [key]: 'done' }) : Promise.reject(error);
  };
  const remote = (name: string, bestEffort = false) => ({
    name,
    ...quick,
    bestEffort,
    action: (_: Data, { key }: { key: string }) => act(key),
    compensation: (_: Data, { key }: { key: string }) => act(key),
  });
  const local = (name: string) => ({
    name,
    run: async () => void log.push(name),
    undo: async () => void log.push(`${name}:undo`),
  });
  const definition: SagaDefinition<Data, SagaTransaction> = {
    kind: 'test',
    decode: (data) => ({ ...(data as Data) }),
    onRefusal: 'compensate',
    stages: [
      local('place'),
      { steps: [remote('reserve')] },
      local('confirm'),
      { steps: [remote('commit'), remote('capture'), remote('close', true)] },
      { steps: [remote('close')] },
    ],
  };
  return definition;
}

function engineOf(
  store: MemoryStore,
  definition: SagaDefinition<Data, SagaTransaction>,
  leaseMs = 1_000,
): SagaEngine<SagaTransaction> {
  const engine = new SagaEngine(store, {
    clock: { now: () => new Date() },
    log: silent,
    leaseMs,
    batch: 10,
  });
  engine.register(definition);
  return engine;
}

async function start(store: MemoryStore, definition: SagaDefinition<Data, SagaTransaction>): Promise<Saga> {
  const engine = engineOf(store, definition);
  const saga = engine.begin({ kind: 'test', subjectId: 's', orderId: 'o', data: {}, stage: 1 });
  store.sagas.set(saga.sagaId, saga);
  await engine.drive(saga);
  return store.sagas.get(saga.sagaId) ?? saga;
}

describe('SagaEngine', () => {
  it('runs the stages in order and each step once', async () => {
    const log: string[] = [];
    const saga = await start(new MemoryStore(), definitionOf(log));
    expect(saga.state).toBe('completed');
    expect(log).toEqual(['s:reserve', 'confirm', 's:commit', 's:capture', 's:close']);
    expect(Object.keys(saga.data ?? {})).toEqual(['s:reserve', 's:commit', 's:capture', 's:close']);
  });

  it('undoes in reverse what was done when a step is refused', async () => {
    const log: string[] = [];
    const saga = await start(
      new MemoryStore(),
      definitionOf(log, (step) => (step === 'capture' ? soldOut : undefined)),
    );
    expect(saga.state).toBe('compensated');
    expect(saga.refusal?.reason).toBe('STOCK_INSUFFICIENT');
    expect(log.slice(5)).toEqual([
      's:commit:undo',
      's:close:undo',
      'confirm:undo',
      's:reserve:undo',
      'place:undo',
    ]);
  });

  it('forgets at a refusal what only going forward needs, whatever was done before', async () => {
    for (const refused of ['reserve', 'capture']) {
      const definition = definitionOf([], (step) => (step === refused ? soldOut : undefined));
      const store = new MemoryStore();
      const engine = engineOf(store, { ...definition, forgottenOnRefusal: { token: '' } });
      const data = { token: 'secret', kept: 'yes' };
      const saga = engine.begin({ kind: 'test', subjectId: 's', orderId: 'o', data, stage: 1 });
      store.sagas.set(saga.sagaId, saga);
      await engine.drive(saga);
      expect(store.sagas.get(saga.sagaId)).toMatchObject({
        state: 'compensated',
        data: { token: '', kept: 'yes' },
      });
    }
  });

  it('goes straight to the first stage back when the first step is refused', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const saga = await start(
      store,
      definitionOf(log, () => soldOut),
    );
    expect(log).toEqual(['s:reserve', 'place:undo']);
    expect(saga.state).toBe('compensated');
    expect(store.writes).toBe(1);
  });

  it('asks again under the same key while the outcome is unknown', async () => {
    const log: string[] = [];
    const saga = await start(
      new MemoryStore(),
      definitionOf(log, (step, attempt) =>
        step === 'reserve' && attempt === 1 ? new Error('timeout') : undefined,
      ),
    );
    expect(log.slice(0, 2)).toEqual(['s:reserve', 's:reserve']);
    expect(saga.state).toBe('completed');
  });

  it('decides nothing while one step of a stage is unknown and another refused', async () => {
    const log: string[] = [];
    const failing = (step: string, attempt: number): Error | undefined => {
      if (step === 'commit') return soldOut;
      return step === 'capture' && attempt === 1 ? new Error('lost reply') : undefined;
    };
    const saga = await start(new MemoryStore(), definitionOf(log, failing));
    expect(log.filter((key) => key === 's:capture')).toHaveLength(2);
    expect(log).toContain('s:capture:undo');
    expect(saga.state).toBe('compensated');
  });

  it('is not held up by a best-effort step, and makes sure of it at the end', async () => {
    const log: string[] = [];
    const saga = await start(
      new MemoryStore(),
      definitionOf(log, (step, attempt) =>
        step === 'close' && attempt === 1 ? new Error('down') : undefined,
      ),
    );
    expect(log.filter((key) => key === 's:close')).toHaveLength(2);
    expect(saga.state).toBe('completed');
  });

  it('lets a saga wait after its attempts, and takes it up again', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const definition = definitionOf(log, (_, attempt) => (attempt <= 3 ? new Error('down') : undefined));
    const waiting = await start(store, definition);
    expect(waiting).toMatchObject({ state: 'running', attempts: 2, leaseOwner: undefined });
    const engine = engineOf(store, definition);
    for (let round = 0; round < 20 && (await engine.recover()) > 0; round++) await engine.idle();
    expect(store.sagas.get(waiting.sagaId)?.state).toBe('completed');
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'ends the same whichever write a crash comes before (%i), back and forth',
    async (crashAt) => {
      for (const refused of ['none', 'commit']) {
        const log: string[] = [];
        const store = new MemoryStore();
        store.crashAt = crashAt;
        const definition = definitionOf(log, (step) => (step === refused ? soldOut : undefined));
        const crashed = await start(store, definition);
        store.crashAt = Number.POSITIVE_INFINITY;
        const engine = engineOf(store, definition);
        while ((await engine.recover()) > 0) await engine.idle();
        const saga = store.sagas.get(crashed.sagaId);
        expect(saga?.state).toBe(refused === 'none' ? 'completed' : 'compensated');
        if (refused !== 'none') expect(saga?.done).toEqual([]);
      }
    },
  );

  it('waits for a database that is out of reach for a moment', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    store.outOfReach = 2;
    const saga = await start(store, definitionOf(log));
    expect(saga.state).toBe('completed');
    expect(log.filter((key) => key === 's:reserve')).toHaveLength(1);
  });

  it('undoes what a crash has left without a trace when a step is refused afterwards', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const base = definitionOf(log, (step, attempt) =>
      step === 'reserve' && attempt > 1 ? soldOut : undefined,
    );
    const [place, reserve, confirm, pay] = base.stages;
    const stages = [place, reserve, pay, confirm].filter((stage) => stage !== undefined);
    store.crashAt = 1;
    // Held for long enough to go on without storing each stage.
    const first = engineOf(store, { ...base, stages }, 60_000);
    const begun = first.begin({ kind: 'test', subjectId: 's', orderId: 'o', data: {}, stage: 1 });
    store.sagas.set(begun.sagaId, begun);
    await first.drive(begun);
    expect(log).toContain('s:capture');

    store.crashAt = Number.POSITIVE_INFINITY;
    const engine = engineOf(store, { ...base, stages });
    await engine.recover();
    await engine.idle();
    const [saga] = store.sagas.values();
    expect(saga?.state).toBe('compensated');
    // Paid for by the process that died: without this, a rejected order keeps the buyer's money.
    expect(log).toEqual(
      expect.arrayContaining(['s:capture:undo', 's:commit:undo', 's:reserve:undo', 'place:undo']),
    );
  });

  it('stops writing once another worker has taken the saga over', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const definition = definitionOf(log, () => undefined);
    const engine = engineOf(store, definition);
    const saga = engine.begin({ kind: 'test', subjectId: 's', orderId: 'o', data: {}, stage: 1 });
    store.sagas.set(saga.sagaId, { ...saga, leaseOwner: 'another' });
    await engine.drive(saga);
    expect(log).toEqual(['s:reserve']);
    expect(store.sagas.get(saga.sagaId)?.stage).toBe(1);
  });

  it('lets a step wait for what takes its time, without counting that as a failure', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const definition = definitionOf(log, (step, attempt) =>
      step === 'reserve' && attempt < 3 ? new StepWaiting('not yet', 5) : undefined,
    );
    const waiting = await start(store, definition);
    expect(waiting).toMatchObject({ state: 'waiting', attempts: 0, leaseOwner: undefined });
    expect(waiting.steps).toMatchObject([{ name: 'reserve', attempts: 1, endTime: undefined }]);
    const engine = engineOf(store, definition);
    while ((await engine.recover()) > 0) await engine.idle();
    const saga = store.sagas.get(waiting.sagaId);
    expect(saga?.state).toBe('completed');
    expect(saga?.steps[0]).toMatchObject({ name: 'reserve', attempts: 3 });
  });

  it('blocks, instead of asking for ever, what must happen and is refused for good', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const forward = { ...definitionOf(log, () => soldOut), onRefusal: 'block' } as const;
    expect(await start(store, forward)).toMatchObject({ state: 'blocked', refusal: undefined });
    expect(log).toEqual(['s:reserve']);

    const refusedBack = definitionOf(log, (step) =>
      /capture|reserve:undo/.test(step) ? soldOut : undefined,
    );
    const back = await start(new MemoryStore(), refusedBack);
    expect(back).toMatchObject({ state: 'blocked', stage: 1, lastError: 'reserve: sold out' });
    expect(back.refusal).toBeDefined();
  });

  it('turns back at an operator’s word, and undoes what may have happened', async () => {
    const log: string[] = [];
    const store = new MemoryStore();
    const definition = definitionOf(log, (step) => (step === 'capture' ? new Error('no answer') : undefined));
    const stuck = await start(store, definition);
    expect(stuck).toMatchObject({ state: 'running', stage: 3, done: ['reserve', 'commit', 'close'] });
    const engine = engineOf(store, definition);
    const turned = engine.turnedBack(stuck, soldOut.refusal);
    expect(turned).toMatchObject({ state: 'compensating', stage: 4 });
    if (turned !== undefined) store.sagas.set(turned.sagaId, turned);
    while ((await engine.recover()) > 0) await engine.idle();
    const saga = store.sagas.get(stuck.sagaId);
    expect(saga).toMatchObject({ state: 'compensated', done: [] });
    expect(log).toEqual(expect.arrayContaining(['s:capture:undo', 's:commit:undo', 's:reserve:undo']));
    expect(saga === undefined ? saga : engine.turnedBack(saga, soldOut.refusal)).toBeUndefined();
    expect(engine.turnedBack({ ...stuck, kind: 'unknown' }, soldOut.refusal)).toBeUndefined();
  });
});
