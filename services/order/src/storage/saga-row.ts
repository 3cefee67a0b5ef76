import type { Knex } from 'knex';
import type { Saga, SagaState } from '../app/saga/saga.ts';
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
}

/** The states of sagas that have not ended. */
export const OPEN_STATES: readonly SagaState[] = ['running', 'compensating'];

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
  };
}

/** Inserts a saga. */
export async function insertSaga(trx: Knex.Transaction, saga: Saga): Promise<void> {
  await trx('sagas').insert({
    saga_id: saga.sagaId,
    kind: saga.kind,
    subject_id: saga.subjectId,
    order_id: saga.orderId,
    ...changing(trx, saga),
    create_time: saga.createTime,
  });
}

/** Stores a saga's progress if `holder` still holds it. */
export async function updateSaga(db: Knex, saga: Saga, holder: string): Promise<boolean> {
  const count = await db('sagas')
    .where({ saga_id: saga.sagaId, lease_owner: holder })
    .update(changing(db, saga));
  return count === 1;
}

/** Takes sagas whose lease is over, each under a new token; rows that another worker is taking are passed over. */
export async function claimDue(db: Knex, limit: number, leaseMs: number): Promise<readonly Saga[]> {
  const { rows } = await db.raw<{ rows: SagaRow[] }>(
    `update sagas set lease_owner = gen_random_uuid(), lease_until = now() + ? * interval '1 millisecond'
     from (
       select saga_id as due_id from sagas
       where state in ('running', 'compensating') and lease_until <= now()
       order by lease_until limit ? for update skip locked
     ) as due
     where saga_id = due_id
     returning sagas.*`,
    [leaseMs, limit],
  );
  return rows.map(toSaga);
}

/** The columns that change; leases run on the database's clock, so that clocks of workers need not agree. */
function changing(db: Knex, saga: Saga): Record<string, string | number | string[] | Date | Knex.Raw | null> {
  const leaseMs = saga.leaseUntil.getTime() - saga.updateTime.getTime();
  return {
    state: saga.state,
    stage: saga.stage,
    done: [...saga.done],
    data: JSON.stringify(saga.data),
    refusal: saga.refusal === undefined ? null : JSON.stringify(saga.refusal),
    attempts: saga.attempts,
    last_error: saga.lastError,
    lease_owner: saga.leaseOwner ?? null,
    lease_until: db.raw(`now() + ? * interval '1 millisecond'`, [leaseMs]),
    update_time: saga.updateTime,
  };
}
