import type { Knex } from 'knex';
import type { Saga, SagaState, StepRecord } from '../app/saga/saga.ts';
import type { Rejection } from '../domain/order.ts';

/** A row of `sagas`. */
export interface SagaRow {
  readonly saga_id: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly order_id: string;
  readonly state: SagaState;
  readonly stage: number;
  readonly done: string[];
  readonly data: unknown;
  readonly refusal: Rejection | null;
  readonly attempts: number;
  readonly last_error: string;
  readonly lease_owner: string | null;
  readonly lease_until: Date;
  readonly create_time: Date;
  readonly update_time: Date;
  readonly steps: readonly StepJson[];
}

/** A step's record inside a row; JSON has no dates. */
interface StepJson extends Omit<StepRecord, 'startTime' | 'endTime'> {
  readonly startTime: string;
  readonly endTime: string | null;
}

/** The columns of `sagas` that change, without the lease's end. */
export const CHANGING_SAGA_COLUMNS = [
  'state',
  'stage',
  'done',
  'data',
  'refusal',
  'attempts',
  'last_error',
  'lease_owner',
  'update_time',
  'steps',
] as const;

/** The columns of `sagas`, without the lease's end. */
export const SAGA_COLUMNS = [
  'saga_id',
  'kind',
  'subject_id',
  'order_id',
  ...CHANGING_SAGA_COLUMNS,
  'create_time',
].join(', ');

/** The states of sagas that have not ended. */
export const OPEN_STATES: readonly SagaState[] = ['running', 'compensating', 'waiting', 'blocked'];

/** A saga from its row. */
export function toSaga(row: SagaRow): Saga {
  return {
    sagaId: row.saga_id,
    kind: row.kind,
    subjectId: row.subject_id,
    orderId: row.order_id,
    state: row.state,
    stage: row.stage,
    done: row.done,
    data: row.data,
    refusal: row.refusal ?? undefined,
    attempts: row.attempts,
    lastError: row.last_error,
    leaseOwner: row.lease_owner ?? undefined,
    leaseUntil: row.lease_until,
    createTime: row.create_time,
    updateTime: row.update_time,
    steps: row.steps.map((step) => ({
      ...step,
      startTime: new Date(step.startTime),
      endTime: step.endTime === null ? undefined : new Date(step.endTime),
    })),
  };
}

/** A saga's row, as JSON can carry it; without the lease's end, which runs on the database's clock. */
export function sagaRow(saga: Saga): Record<(typeof CHANGING_SAGA_COLUMNS)[number] | 'saga_id', unknown> {
  return {
    saga_id: saga.sagaId,
    ...{ kind: saga.kind, subject_id: saga.subjectId, order_id: saga.orderId, create_time: saga.createTime },
    state: saga.state,
    stage: saga.stage,
    done: saga.done,
    data: saga.data,
    refusal: saga.refusal ?? null,
    attempts: saga.attempts,
    last_error: saga.lastError,
    lease_owner: saga.leaseOwner ?? null,
    update_time: saga.updateTime,
    steps: saga.steps.map((step) => ({ ...step, endTime: step.endTime ?? null })),
  };
}

/** How long a saga is held from now: leases run on the database's clock, so that clocks of workers need not agree. */
export function leaseMs(saga: Saga): number {
  return saga.leaseUntil.getTime() - saga.updateTime.getTime();
}

/** Inserts a saga. */
export async function insertSaga(trx: Knex.Transaction, saga: Saga): Promise<void> {
  await trx.raw(
    `insert into sagas (${SAGA_COLUMNS}, lease_until)
     select ${SAGA_COLUMNS}, now() + ? * interval '1 millisecond' from json_populate_record(null::sagas, ?::json)`,
    [leaseMs(saga), JSON.stringify(sagaRow(saga))],
  );
}

/** Stores a saga's progress if `holder` still holds it. */
export async function updateSaga(db: Knex, saga: Saga, holder: string): Promise<boolean> {
  const { rowCount } = await db
    .raw<{ rowCount: number }>(
      `update sagas s set ${CHANGING_SAGA_COLUMNS.map((column) => `${column} = n.${column}`).join(', ')},
         lease_until = now() + ? * interval '1 millisecond'
       from json_populate_record(null::sagas, ?::json) n where s.saga_id = n.saga_id and s.lease_owner = ?`,
      [leaseMs(saga), JSON.stringify(sagaRow(saga)), holder],
    )
    .options({ name: 'save-saga' });
  return rowCount === 1;
}

/** Stores a locked saga, whoever holds it. */
export async function takeSaga(trx: Knex.Transaction, saga: Saga): Promise<void> {
  await trx.raw(
    `update sagas s set ${CHANGING_SAGA_COLUMNS.map((column) => `${column} = n.${column}`).join(', ')},
       lease_until = now() + ? * interval '1 millisecond'
     from json_populate_record(null::sagas, ?::json) n where s.saga_id = n.saga_id`,
    [leaseMs(saga), JSON.stringify(sagaRow(saga))],
  );
}

/** Takes sagas whose lease is over, each under a new token; rows that another worker is taking are passed over. */
export async function claimDue(db: Knex, limit: number, leaseMs: number): Promise<readonly Saga[]> {
  const { rows } = await db.raw<{ rows: SagaRow[] }>(
    `update sagas set lease_owner = gen_random_uuid(), lease_until = now() + ? * interval '1 millisecond'
     from (
       select saga_id as due_id from sagas
       where state in ('running', 'compensating', 'waiting') and lease_until <= now()
       order by lease_until limit ? for update skip locked
     ) as due
     where saga_id = due_id
     returning sagas.*`,
    [leaseMs, limit],
  );
  return rows.map(toSaga);
}

/** Makes sagas due that wait and that nobody holds. For the many orders of which nothing waits this only reads. */
export async function makeWaitingDue(db: Knex, orderIds: readonly string[]): Promise<number> {
  const { rowCount } = await db
    .raw<{ rowCount: number }>(
      `update sagas set lease_until = now() where order_id = any (?::uuid[]) and state = 'waiting' and lease_owner is null`,
      [[...orderIds]],
    )
    .options({ name: 'make-waiting-due' });
  return rowCount;
}

/** Sagas that have not ended, were begun before a time and do not just wait: how many, and the oldest. */
export async function stuckSagas(
  db: Knex,
  begunBefore: Date,
): Promise<{ readonly count: number; readonly oldest: Saga | undefined }> {
  const { rows } = await db.raw<{ rows: (SagaRow & { readonly stuck: bigint })[] }>(
    `select *, count(*) over () as stuck from sagas
     where state in ('running', 'compensating', 'blocked') and create_time < ? order by create_time limit 1`,
    [begunBefore],
  );
  const [oldest] = rows;
  return { count: Number(oldest?.stuck ?? 0n), oldest: oldest && toSaga(oldest) };
}
