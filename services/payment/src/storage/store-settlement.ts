import { newId } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendToOutbox, outboxRows, type Sql, type Statement } from '@souk/sql';
import type { Knex } from 'knex';
import type { Operation, OperationOutcome } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import type { PaymentFact, Settlement } from '../domain/payment-fact.ts';
import { CHANGING_COLUMNS, paymentJson } from './payment-row.ts';
import { storedOutcome } from './stored-operation.ts';

/** Turns a fact into the message that is stored beside the change. */
export type ToEvent = (fact: PaymentFact) => Envelope;

// The version in the row is the one after the change, so the row is found only if nobody changed it meanwhile.
const change = (only: string): string => `changed as (
    update payments p set (${CHANGING_COLUMNS}) = (select ${CHANGING_COLUMNS}
      from json_populate_record(null::payments, ?::json))
    from json_populate_record(null::payments, ?::json) it
    where p.payment_id = it.payment_id and p.version = it.version - 1 ${only}
    returning p.payment_id),
  told as (${appendToOutbox('true')})`;

const BOOK = `booked as (
    insert into ledger_transactions
      (transaction_id, kind, payment_id, order_id, provider, provider_reference, book_time)
    select transaction_id, kind, payment_id, order_id, provider, provider_reference, book_time
    from json_populate_recordset(null::ledger_transactions, ?::json)),
  posted as (
    insert into ledger_entries (transaction_id, account, side, currency, amount)
    select transaction_id, account, side, currency, amount
    from json_populate_recordset(null::ledger_entries, ?::json)),
  paid_back as (
    insert into refunds (refund_id, payment_id, amount, reason, reference, provider_reference, create_time)
    select refund_id, payment_id, amount, reason, reference, provider_reference, create_time
    from json_populate_recordset(null::refunds, ?::json))`;

const END = `ended as (
    update provider_operations set is_open = false, request = null, outcome = ?::jsonb
    where operation_id = ? and is_open returning 1)
  select require_settled((select count(*) from changed), (select count(*) from ended))`;

// An authorisation may have been forbidden since it was claimed.
const ALLOWED = 'and not exists (select from forbidden_authorizations where target in (?, ?))';

const SETTLE: Statement = { name: 'settle', text: `with ${change('')}, ${END}` };
const SETTLE_ALLOWED: Statement = { name: 'settle-allowed', text: `with ${change(ALLOWED)}, ${END}` };
const SETTLE_BOOKED: Statement = { name: 'settle-booked', text: `with ${change('')}, ${BOOK}, ${END}` };
const CHANGE_ONLY = `with ${change('')}, ${BOOK}
  select require_settled((select count(*) from changed), 1)`;

/**
 * Stores an operation's end with the change that it came to, in one statement: the payment's row, its refund, its booking
 * and its messages. Throws SqlError `SK409`, and changes nothing, if the payment has moved on, the operation has ended, or
 * the authorisation was forbidden.
 */
export async function settleAtOnce(
  sql: Sql,
  operation: Operation,
  settlement: Settlement,
  outcome: OperationOutcome,
  toEvent: ToEvent,
): Promise<void> {
  const end = [storedOutcome(outcome), operation.id];
  const [row, again, messages] = changeValues(settlement, toEvent);
  const options = { appends: settlement.facts.length > 0 };
  if (settlement.booking !== undefined || settlement.refund !== undefined)
    await sql.run(SETTLE_BOOKED, [row, again, messages, ...bookValues(settlement), ...end], options);
  else if (operation.request.kind === 'authorize')
    await sql.run(
      SETTLE_ALLOWED,
      [row, again, ...forbiddenTargets(settlement.payment, operation.requestId), messages, ...end],
      options,
    );
  else await sql.run(SETTLE, [row, again, messages, ...end], options);
}

/** Under which ids an authorisation may be forbidden. */
export function forbiddenTargets({ purpose, orderId }: Payment, requestId: string): [string, string] {
  return [purpose === 'checkout' ? orderId : requestId, requestId];
}

/** Stores a change of a locked payment within a transaction. */
export async function storeSettlement(
  trx: Knex.Transaction,
  settlement: Settlement,
  toEvent: ToEvent,
): Promise<void> {
  await trx.raw(CHANGE_ONLY, [...changeValues(settlement, toEvent), ...bookValues(settlement)]);
}

function changeValues({ payment, facts }: Settlement, toEvent: ToEvent): [string, string, string] {
  const row = paymentJson(payment);
  return [row, row, outboxRows(facts.map(toEvent))];
}

/** Values of the booking and the refund, each an empty list if there is none. */
export function bookValues({ payment, booking, refund }: Settlement): string[] {
  const transactionId = newId();
  const transactions = booking === undefined ? [] : [transaction(payment, booking, transactionId)];
  const entries = booking?.postings.map(({ account, side, amount }) => ({
    transaction_id: transactionId,
    account,
    side,
    currency: amount.currency,
    amount: amount.minor.toString(),
  }));
  const refunds = refund === undefined ? [] : [refundRow(payment, refund)];
  return [JSON.stringify(transactions), JSON.stringify(entries ?? []), JSON.stringify(refunds)];
}

/** The statement part that stores what {@link bookValues} gives. */
export const BOOKING_PART = BOOK;

function transaction(
  payment: Payment,
  booking: NonNullable<Settlement['booking']>,
  transactionId: string,
): object {
  return {
    transaction_id: transactionId,
    kind: booking.kind,
    payment_id: payment.id,
    order_id: payment.orderId,
    provider: booking.provider,
    provider_reference: booking.providerReference,
    book_time: payment.updateTime,
  };
}

function refundRow(payment: Payment, refund: NonNullable<Settlement['refund']>): object {
  return {
    refund_id: refund.id,
    payment_id: payment.id,
    amount: refund.amount.minor.toString(),
    reason: refund.reason,
    reference: refund.reference,
    provider_reference: refund.providerReference,
    create_time: refund.createTime,
  };
}
