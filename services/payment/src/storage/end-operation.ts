import { newId } from '@souk/kernel';
import { type Sql, SqlError } from '@souk/sql';
import type { Knex } from 'knex';
import { paymentNotFound } from '../app/get-payment.ts';
import type { Decision } from '../app/ports.ts';
import type { Operation, OperationOutcome } from '../domain/operation.ts';
import { authorizationVoided, type Payment } from '../domain/payment.ts';
import type { OperationRow } from './claim-operation.ts';
import { readPayments } from './payment-row.ts';
import { forbiddenTargets, settleAtOnce, storeSettlement, type ToEvent } from './store-settlement.ts';
import { readOutcome, storedOutcome, storedRequest } from './stored-operation.ts';
import { drawsOnBooks, moveTenders, type TenderBooks } from './tender-book.ts';

/** What ending an operation works with. */
export interface EndParts {
  readonly sql: Sql;
  readonly toEvent: ToEvent;
  readonly books: TenderBooks;
}

/** What an operation came to, and the payment if it changed. */
export interface Ended {
  readonly outcome: OperationOutcome;
  readonly changed?: Payment;
}

/** Ends an operation at once if the payment is as it was when it was claimed, else by a look under the payment's lock. */
export async function endOperation(
  parts: EndParts,
  operation: Operation,
  payment: Payment,
  decide: (payment: Payment) => Decision,
): Promise<Ended> {
  const decision = decide(payment);
  const { settlement } = decision;
  if (settlement !== undefined && !drawsOnBooks(payment)) {
    const outcome = outcomeOf(decision, payment);
    try {
      await settleAtOnce(parts.sql, operation, settlement, outcome, parts.toEvent);
      return { outcome, changed: settlement.payment };
    } catch (error) {
      if (!(error instanceof SqlError && error.code === 'SK409')) throw error;
    }
  }
  return endLocked(parts, operation, decide);
}

async function endLocked(
  { sql, toEvent, books }: EndParts,
  operation: Operation,
  decide: (payment: Payment) => Decision,
): Promise<Ended> {
  return sql.transaction(async (trx): Promise<Ended> => {
    const payment = await lockPayment(trx, operation.paymentId);
    const row = await trx<OperationRow>('provider_operations')
      .select<OperationRow[]>('*')
      .where('operation_id', operation.id)
      .first();
    if (row?.is_open === false) return { outcome: readOutcome(row.outcome) };
    const decided = decide(payment);
    const isForbidden = operation.request.kind === 'authorize' && (await isVoided(trx, operation, payment));
    const decision = isForbidden ? forbidden(decided) : decided;
    const { settlement } = decision;
    if (settlement !== undefined) {
      await storeSettlement(trx, settlement, toEvent);
      await moveTenders(trx, books, settlement);
    }
    const outcome = outcomeOf(decision, payment);
    await trx('provider_operations')
      .where('operation_id', operation.id)
      .update({ is_open: false, request: null, outcome: storedOutcome(outcome) });
    // What is held although it must not be is given up in the background, however this process ends.
    if (isForbidden && settlement !== undefined && settlement.payment.state !== 'failed')
      await insertVoid(trx, payment.id);
    return settlement === undefined ? { outcome } : { outcome, changed: settlement.payment };
  });
}

/** Locks a payment and reads it. @throws DomainError PAYMENT_NOT_FOUND. */
export async function lockPayment(trx: Knex.Transaction, paymentId: string): Promise<Payment> {
  const [payment] = await readPayments(trx, (query) => {
    query.where('payment_id', paymentId).forUpdate();
  });
  if (payment === undefined) throw paymentNotFound();
  return payment;
}

async function isVoided(trx: Knex.Transaction, operation: Operation, payment: Payment): Promise<boolean> {
  const targets = forbiddenTargets(payment, operation.requestId);
  const found: unknown = await trx('forbidden_authorizations').whereIn('target', targets).first();
  return found !== undefined;
}

/** The caller learns that it came too late, and nobody is told of a hold that will not last. */
function forbidden({ settlement, refusal }: Decision): Decision {
  if (settlement === undefined || refusal !== undefined)
    return { ...(settlement && { settlement }), ...(refusal && { refusal }) };
  return { settlement: { ...settlement, facts: [] }, refusal: authorizationVoided() };
}

async function insertVoid(trx: Knex.Transaction, paymentId: string): Promise<void> {
  await trx('provider_operations').insert({
    operation_id: newId(),
    kind: 'void',
    request_id: newId(),
    fingerprint: 'forbidden',
    payment_id: paymentId,
    is_open: true,
    request: storedRequest({ kind: 'void' }),
    outcome: null,
    attempts: 0,
    lease_time: trx.raw('now()'),
    create_time: trx.raw('now()'),
  });
}

function outcomeOf({ settlement, refusal }: Decision, before: Payment): OperationOutcome {
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const refundId = settlement?.refund?.id ?? '';
  return { kind: 'done', result: { payment: settlement?.payment ?? before, refundId } };
}
