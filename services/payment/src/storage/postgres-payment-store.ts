import { aborted, alreadyExists, DomainError } from '@souk/kernel';
import { isUniqueViolation, type Sql, type Statement } from '@souk/sql';
import type { Knex } from 'knex';
import { paymentNotFound } from '../app/get-payment.ts';
import type { Claim, OperationKey, PaymentStore, VoidTarget } from '../app/ports.ts';
import type { OperationKind, OperationRequest } from '../domain/operation.ts';
import { authorizationVoided, type Payment } from '../domain/payment.ts';
import {
  findObstacle,
  insertAuthorization,
  insertOperation,
  LEASE,
  type OperationRow,
  toOperation,
} from './claim-operation.ts';
import { endOperation, lockPayment } from './end-operation.ts';
import { PAYMENT_COLUMNS, paymentJson, readPayments } from './payment-row.ts';
import type { RecentPayments } from './recent-payments.ts';
import { BOOKING_PART, bookValues, storeSettlement, type ToEvent } from './store-settlement.ts';
import { drawsOnBooks, holdTenders, moveTenders, type TenderBooks } from './tender-book.ts';

/** Claims that keep losing against other changes of their payment give up. */
const ATTEMPTS = 5;

/** What the store works with. */
export interface StoreParts {
  readonly sql: Sql;
  readonly toEvent: ToEvent;
  readonly recent: RecentPayments;
  readonly books: TenderBooks;
}

/**
 * Payments and operations in PostgreSQL. No transaction is open while a provider is asked. A step is one statement that
 * holds only if the payment is as it was decided on; what it did not expect is looked into under the payment's lock.
 */
export function postgresPaymentStore({ sql, toEvent, recent, books }: StoreParts): PaymentStore {
  return {
    async claimAuthorization(key, payment, paymentMethod, codes, assessment) {
      try {
        const claim = drawsOnBooks(payment)
          ? await sql.transaction(async (trx) =>
              insertAuthorization(
                within(trx),
                key,
                await holdTenders(trx, books, payment, codes),
                paymentMethod,
                assessment,
              ),
            )
          : await insertAuthorization(sql, key, payment, paymentMethod, assessment);
        if (claim !== undefined) return claim;
      } catch (error) {
        const obstacle = await findObstacle(sql.knex, 'authorize', key, undefined);
        if (obstacle !== undefined) return obstacle;
        if (!isUniqueViolation(error, 'one_live_payment_per_order')) throw error;
        throw await paymentExists(sql.knex, payment);
      }
      // Forbidden, unless this very request was carried out before.
      const before = await findObstacle(sql.knex, 'authorize', key, undefined);
      if (before !== undefined) return before;
      throw authorizationVoided();
    },

    async claim(key, kind, target, prepare) {
      const known = 'paymentId' in target ? recent.get(target.paymentId) : undefined;
      if (known !== undefined) {
        const claimed = await claimIfReady(sql, kind, key, known, prepare);
        if (claimed !== undefined) return claimed;
      }
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const payment = await findTarget(sql.knex, target);
        const obstacle = await findObstacle(sql.knex, kind, key, payment?.id);
        if (obstacle !== undefined) return obstacle;
        if (payment === undefined) throw paymentNotFound();
        const claimed = await insertOperation(sql, kind, key, payment, prepare(payment));
        if (claimed !== undefined) return claimed;
      }
      throw aborted('OPERATION_IN_FLIGHT', 'The payment keeps changing; ask again.', { retryAfterMs: 200 });
    },

    async forbid(target) {
      if ('paymentId' in target) return;
      const id = 'orderId' in target ? target.orderId : target.authorizationRequestId;
      await sql.knex('forbidden_authorizations').insert({ target: id }).onConflict('target').ignore();
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
      const ids = rows.map((row) => row.payment_id);
      const payments = await readPayments(sql.knex, (query) => {
        query.whereIn('payment_id', ids);
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

    async settle(operation, payment, decide) {
      const { outcome, changed } = await endOperation({ sql, toEvent, books }, operation, payment, decide);
      if (changed !== undefined) recent.set(changed);
      return outcome;
    },

    async change(paymentId, decide) {
      const changed = await sql.transaction(async (trx) => {
        const payment = await lockPayment(trx, paymentId);
        const open: unknown = await trx('provider_operations')
          .where({ payment_id: paymentId, is_open: true })
          .first();
        if (open !== undefined)
          throw aborted('OPERATION_IN_FLIGHT', 'An operation of this payment is under way.', {
            retryAfterMs: 200,
          });
        const settlement = decide(payment);
        if (settlement === undefined) return payment;
        await storeSettlement(trx, settlement, toEvent);
        await moveTenders(trx, books, settlement);
        return settlement.payment;
      });
      recent.set(changed);
      return changed;
    },

    async adopt(settlement) {
      try {
        await sql.knex.raw(
          `with payment as (
             insert into payments (${PAYMENT_COLUMNS})
             select ${PAYMENT_COLUMNS} from json_populate_record(null::payments, ?::json)),
           ${BOOKING_PART} select 1`,
          [paymentJson(settlement.payment), ...bookValues(settlement)],
        );
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
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

    async listDue(now, limit) {
      return readPayments(sql.knex, (query) => {
        query
          .whereRaw(
            `((state = 'requires_action' and (action->>'expireTime')::timestamptz <= ?)
              or (purpose = 'unmatched' and refunded < captured))
             and not exists (select from provider_operations o where o.payment_id = payments.payment_id
               and (o.is_open or (o.kind = 'refund' and o.request_id = o.payment_id)))`,
            [now],
          )
          .orderBy('update_time')
          .limit(limit);
      });
    },
  };
}

/** A claim on a payment that this process changed last: undefined if it may be out of date or refuses. */
async function claimIfReady(
  sql: Sql,
  kind: OperationKind,
  key: OperationKey,
  payment: Payment,
  prepare: (payment: Payment) => OperationRequest | undefined,
): Promise<Claim | undefined> {
  let request: OperationRequest | undefined;
  try {
    request = prepare(payment);
  } catch (error) {
    // Said of a guess: the truth may allow it, or know the request.
    if (error instanceof DomainError) return undefined;
    throw error;
  }
  return insertOperation(sql, kind, key, payment, request);
}

async function findTarget(db: Knex, target: VoidTarget): Promise<Payment | undefined> {
  const [payment] = await readPayments(db, (query) => {
    if ('paymentId' in target) query.where('payment_id', target.paymentId);
    else if ('orderId' in target)
      query.where({ order_id: target.orderId, purpose: 'checkout' }).orderBy('payment_id', 'desc').limit(1);
    else
      query.whereIn(
        'payment_id',
        db('provider_operations')
          .where({ kind: 'authorize', request_id: target.authorizationRequestId })
          .select('payment_id'),
      );
  });
  return payment;
}

async function paymentExists(db: Knex, payment: Payment): Promise<DomainError> {
  const { orderId, purpose, reference } = payment;
  const [live] = await readPayments(db, (query) => {
    query.where({ order_id: orderId, purpose, reference }).whereNotIn('state', ['failed', 'voided']);
  });
  return alreadyExists('PAYMENT_EXISTS', 'The order has a payment already.', {
    metadata: { payment_id: live?.id ?? '' },
  });
}

/** The same prepared statements within a transaction. */
function within(trx: Knex.Transaction): { run: Sql['run'] } {
  return {
    run: async <Row>({ text }: Statement, values: readonly Knex.RawBinding[]) => {
      const { rows } = await trx.raw<{ rows: Row[] }>(text, [...values]);
      return rows;
    },
  };
}
