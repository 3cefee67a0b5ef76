import { alreadyExists, newId } from '@souk/kernel';
import { isUniqueViolation, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import { paymentNotFound } from '../app/get-payment.ts';
import type { Claim, Decision, OperationKey, PaymentStore } from '../app/ports.ts';
import type { Operation, OperationKind, OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import { fromPayment, readPayments } from './payment-row.ts';
import { storeSettlement, type ToEvent } from './store-settlement.ts';
import { readOutcome, readRequest, storedOutcome, storedRequest } from './stored-operation.ts';

/** How long a claim is its holder's alone; longer than a provider call with its retry may take. */
const LEASE = "interval '10 seconds'";

interface OperationRow {
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

/** Payments and operations in PostgreSQL. No transaction is open while a provider is asked. */
export function postgresPaymentStore(sql: Sql, toEvent: ToEvent): PaymentStore {
  return {
    async claimAuthorization(key, payment, paymentMethod) {
      try {
        return await insertOperation(sql.knex, 'authorize', key, payment, {
          kind: 'authorize',
          paymentMethod,
        });
      } catch (error) {
        const raced = await lostRace(sql, error, 'authorize', key);
        if (raced !== undefined) return raced;
        if (!isUniqueViolation(error, 'one_live_payment_per_order')) throw error;
        const [live] = await readPayments(sql.knex, (query) => {
          query.where('order_id', payment.orderId).whereNotIn('state', ['failed', 'voided']);
        });
        throw alreadyExists('PAYMENT_EXISTS', 'The order has a payment already.', {
          metadata: { payment_id: live?.id ?? '' },
        });
      }
    },

    async claim(key, kind, target, prepare) {
      try {
        return await sql.transaction(async (trx) => {
          const payment = await lockPayment(trx, target);
          // Under the lock, so that the same request, a moment earlier, has either ended or is seen to be under way.
          const others = await trx<OperationRow>('provider_operations')
            .select<OperationRow[]>('*')
            .where('payment_id', payment.id)
            .andWhere((where) => {
              void where.where('is_open', true).orWhere({ kind, request_id: key.requestId });
            });
          const same = others.find((row) => row.kind === kind && row.request_id === key.requestId);
          if (same !== undefined) return takeUp(trx, same, key);
          if (others.length > 0) return { kind: 'busy', paymentId: payment.id };
          const request = prepare(payment);
          return insertOperation(trx, kind, key, payment, request);
        });
      } catch (error) {
        const raced = await lostRace(sql, error, kind, key);
        if (raced !== undefined) return raced;
        throw error;
      }
    },

    async claimStale(limit, paymentId) {
      const { rows } = await sql.knex.raw<{ rows: OperationRow[] }>(
        `update provider_operations set attempts = attempts + 1, lease_time = now() + ${LEASE}
         where operation_id in (
           select operation_id from provider_operations
           where is_open and lease_time <= now() and (?::uuid is null or payment_id = ?::uuid)
           order by lease_time limit ? for update skip locked)
         returning *`,
        [paymentId ?? null, paymentId ?? null, limit],
      );
      if (rows.length === 0) return [];
      const payments = await readPayments(sql.knex, (query) => {
        query.whereIn(
          'payment_id',
          rows.map((row) => row.payment_id),
        );
      });
      return rows.flatMap((row) => {
        const payment = payments.find(({ id }) => id === row.payment_id);
        return payment === undefined ? [] : [{ operation: toOperation(row), payment }];
      });
    },

    async release(operation, retryTime) {
      await sql
        .knex('provider_operations')
        .where({ operation_id: operation.id, is_open: true })
        .update({ lease_time: retryTime });
    },

    async settle(operation, decide) {
      return sql.transaction(async (trx) => {
        const payment = await lockPayment(trx, { paymentId: operation.paymentId });
        const row = await trx<OperationRow>('provider_operations')
          .select<OperationRow[]>('*')
          .where('operation_id', operation.id)
          .first();
        if (row?.is_open === false) return readOutcome(row.outcome);
        const decision = decide(payment);
        if (decision.settlement !== undefined) await storeSettlement(trx, decision.settlement, toEvent);
        const outcome = outcomeOf(decision, payment);
        await trx('provider_operations')
          .where('operation_id', operation.id)
          .update({ is_open: false, request: null, outcome: storedOutcome(outcome) });
        return outcome;
      });
    },

    async find(paymentId) {
      const [payment] = await readPayments(sql.knex, (query) => {
        query.where('payment_id', paymentId);
      });
      return payment;
    },

    async list({ orderId, before, limit }) {
      return readPayments(sql.knex, (query) => {
        if (orderId !== '') query.where('order_id', orderId);
        if (before !== undefined) query.where('payment_id', '<', before);
        query.orderBy('payment_id', 'desc').limit(limit);
      });
    },
  };
}

function outcomeOf({ settlement, refusal }: Decision, before: Payment): OperationOutcome {
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const refundId = settlement?.refund?.id ?? '';
  return { kind: 'done', result: { payment: settlement?.payment ?? before, refundId } };
}

/** An earlier claim under the same request id; one that nobody holds any more is taken over. */
async function findClaim(db: Knex, kind: OperationKind, key: OperationKey): Promise<Claim | undefined> {
  const row = await db<OperationRow>('provider_operations')
    .select<OperationRow[]>('*')
    .where({ kind, request_id: key.requestId })
    .first();
  return row === undefined ? undefined : takeUp(db, row, key);
}

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

/** Two calls that claim at the same instant: the unique keys let one through, and the other finds that one's claim. */
async function lostRace(
  sql: Sql,
  error: unknown,
  kind: OperationKind,
  key: OperationKey,
): Promise<Claim | undefined> {
  return isUniqueViolation(error) ? findClaim(sql.knex, kind, key) : undefined;
}

async function insertOperation(
  db: Knex,
  kind: OperationKind,
  key: OperationKey,
  payment: Payment,
  request: OperationRequest | undefined,
): Promise<Claim> {
  const operationId = newId();
  const outcome: OperationOutcome = { kind: 'done', result: { payment, refundId: '' } };
  const insertion = db('provider_operations').insert({
    operation_id: operationId,
    kind,
    request_id: key.requestId,
    fingerprint: key.fingerprint,
    payment_id: payment.id,
    is_open: request !== undefined,
    request: request === undefined ? null : storedRequest(request),
    outcome: request === undefined ? storedOutcome(outcome) : null,
    attempts: 1,
    lease_time: db.raw(`now() + ${LEASE}`),
    create_time: db.raw('now()'),
  });
  // An authorisation brings its payment along, in one statement and one round trip.
  if (kind === 'authorize') insertion.with('payment', db('payments').insert(fromPayment(payment)));
  await insertion;
  if (request === undefined) return { kind: 'settled', outcome };
  const operation = { id: operationId, paymentId: payment.id, request, attempts: 1 };
  return { kind: 'granted', operation, payment };
}

async function lockPayment(
  trx: Knex.Transaction,
  target: { readonly paymentId: string } | { readonly orderId: string },
): Promise<Payment> {
  const [payment] = await readPayments(trx, (query) => {
    if ('paymentId' in target) query.where('payment_id', target.paymentId);
    else query.where('order_id', target.orderId).orderBy('payment_id', 'desc').limit(1);
    query.forUpdate();
  });
  if (payment === undefined) throw paymentNotFound();
  return payment;
}

function toOperation(row: OperationRow): Operation {
  return {
    id: row.operation_id,
    paymentId: row.payment_id,
    request: readRequest(row.request),
    attempts: row.attempts,
  };
}
