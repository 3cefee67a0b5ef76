import { newId } from '@souk/kernel';
import type { Sql, Statement } from '@souk/sql';
import type { Knex } from 'knex';
import type { RiskAssessment } from '../app/fraud/ports.ts';
import type { Claim, OperationKey } from '../app/ports.ts';
import type { Operation, OperationKind, OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import { ASSESSMENT_COLUMNS, assessmentJson } from './fraud-assessment-row.ts';
import { PAYMENT_COLUMNS, paymentJson, readPayments } from './payment-row.ts';
import { forbiddenTargets } from './store-settlement.ts';
import { readOutcome, readRequest, storedOutcome, storedRequest } from './stored-operation.ts';

/** How long a claim is its holder's alone; longer than a provider call with its retry may take. */
export const LEASE = "interval '10 seconds'";

/** A row of `provider_operations`. */
export interface OperationRow {
  readonly operation_id: string;
  readonly kind: OperationKind;
  readonly request_id: string;
  readonly fingerprint: string;
  readonly payment_id: string;
  readonly request: unknown;
  readonly is_open: boolean;
  readonly attempts: number;
  readonly outcome: unknown;
}

const OPERATION_COLUMNS = `operation_id, kind, request_id, fingerprint, payment_id, request, is_open, outcome, attempts,
  lease_time, create_time`;

// Forbidden authorisations are looked at again when the operation is settled: see `settle`.
const CLAIM_AUTHORIZATION: Statement = {
  name: 'claim-authorization',
  text: `with payment as (
      insert into payments (${PAYMENT_COLUMNS})
      select ${PAYMENT_COLUMNS} from json_populate_record(null::payments, ?::json)
      where not exists (select from forbidden_authorizations where target in (?, ?))
      returning payment_id),
    judged as (
      insert into fraud_assessments (${ASSESSMENT_COLUMNS})
      select ${ASSESSMENT_COLUMNS} from json_populate_record(null::fraud_assessments, ?::json)
      where exists (select from payment))
    insert into provider_operations (${OPERATION_COLUMNS})
    select ?::uuid, 'authorize', ?::uuid, ?, payment_id, ?::jsonb, true, null, 1, now() + ${LEASE}, now() from payment
    returning operation_id`,
};

const CLAIM: Statement = {
  name: 'claim-operation',
  text: `with payment as (
      select payment_id from payments where payment_id = ? and version = ? for update)
    insert into provider_operations (${OPERATION_COLUMNS})
    select ?::uuid, ?, ?::uuid, ?, payment_id, ?::jsonb, ?, ?::jsonb, 1, now() + ${LEASE}, now() from payment
    on conflict do nothing
    returning operation_id`,
};

/**
 * Stores a new payment with what was thought of it and the claim of its authorisation, in one statement. Undefined if it is forbidden.
 *
 * @throws SqlError of a unique key if the request or a live payment of the order is there.
 */
export async function insertAuthorization(
  db: { run: Sql['run'] },
  key: OperationKey,
  payment: Payment,
  paymentMethod: string,
  assessment: RiskAssessment,
): Promise<Claim | undefined> {
  const request: OperationRequest = { kind: 'authorize', paymentMethod };
  const operationId = newId();
  const rows = await db.run<{ operation_id: string }>(CLAIM_AUTHORIZATION, [
    paymentJson(payment),
    ...forbiddenTargets(payment, key.requestId),
    assessmentJson(payment, assessment),
    operationId,
    key.requestId,
    key.fingerprint,
    storedRequest(request),
  ]);
  if (rows.length === 0) return undefined;
  return { kind: 'granted', operation: operation(operationId, key, payment, request), payment };
}

/**
 * Claims an operation on a payment if that is as it was when it was decided on, in one statement. Undefined if the payment
 * has moved on, another operation is open, or the request is known.
 */
export async function insertOperation(
  db: { run: Sql['run'] },
  kind: OperationKind,
  key: OperationKey,
  payment: Payment,
  request: OperationRequest | undefined,
): Promise<Claim | undefined> {
  const operationId = newId();
  const outcome: OperationOutcome = { kind: 'done', result: { payment, refundId: '' } };
  const rows = await db.run<{ operation_id: string }>(CLAIM, [
    payment.id,
    payment.version.toString(),
    operationId,
    kind,
    key.requestId,
    key.fingerprint,
    request === undefined ? null : storedRequest(request),
    request !== undefined,
    request === undefined ? storedOutcome(outcome) : null,
  ]);
  if (rows.length === 0) return undefined;
  if (request === undefined) return { kind: 'settled', outcome };
  return { kind: 'granted', operation: operation(operationId, key, payment, request), payment };
}

/** What stands in the way of a claim: the same request, or another open operation of the payment. */
export async function findObstacle(
  db: Knex,
  kind: OperationKind,
  key: OperationKey,
  paymentId: string | undefined,
): Promise<Claim | undefined> {
  const rows = await db<OperationRow>('provider_operations')
    .select<OperationRow[]>('*')
    .where((where) => {
      void where.where({ kind, request_id: key.requestId });
      if (paymentId !== undefined) void where.orWhere({ payment_id: paymentId, is_open: true });
    });
  const same = rows.find((row) => row.kind === kind && row.request_id === key.requestId);
  if (same !== undefined) return takeUp(db, same, key);
  const [other] = rows;
  return other && { kind: 'busy', paymentId: other.payment_id };
}

/** An earlier claim under the same request id; one that nobody holds any more is taken over. */
async function takeUp(db: Knex, row: OperationRow, key: OperationKey): Promise<Claim> {
  if (row.fingerprint !== key.fingerprint) return { kind: 'reused' };
  if (!row.is_open) return { kind: 'settled', outcome: readOutcome(row.outcome) };
  const { rows } = await db.raw<{ rows: OperationRow[] }>(
    `update provider_operations set attempts = attempts + 1, lease_time = now() + ${LEASE}
     where operation_id = ? and is_open and lease_time <= now() returning *`,
    [row.operation_id],
  );
  const taken = rows[0];
  if (taken === undefined) return { kind: 'in-flight' };
  const [payment] = await readPayments(db, (query) => {
    query.where('payment_id', taken.payment_id);
  });
  if (payment === undefined) throw new Error('an operation without its payment');
  return { kind: 'granted', operation: toOperation(taken), payment };
}

/** An operation as stored. */
export function toOperation(row: OperationRow): Operation {
  return {
    id: row.operation_id,
    requestId: row.request_id,
    paymentId: row.payment_id,
    request: readRequest(row.request),
    attempts: row.attempts,
  };
}

function operation(
  id: string,
  { requestId }: OperationKey,
  payment: Payment,
  request: OperationRequest,
): Operation {
  return { id, requestId, paymentId: payment.id, request, attempts: 1 };
}
