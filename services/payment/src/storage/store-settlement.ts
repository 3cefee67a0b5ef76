import { newId } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendOutbox } from '@souk/sql';
import type { Knex } from 'knex';
import type { Booking } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import type { PaymentFact, Settlement } from '../domain/payment-fact.ts';
import { fromPayment } from './payment-row.ts';

/** Turns a fact into the message that is stored beside the change. */
export type ToEvent = (fact: PaymentFact) => Envelope;

/** Stores a change of a locked payment: its row, its refund, its booking and its message. */
export async function storeSettlement(
  trx: Knex.Transaction,
  { payment, fact, booking, refund }: Settlement,
  toEvent: ToEvent,
): Promise<void> {
  await trx('payments').where('payment_id', payment.id).update(fromPayment(payment));
  if (refund !== undefined) {
    await trx('refunds').insert({
      refund_id: refund.id,
      payment_id: payment.id,
      amount: refund.amount.minor.toString(),
      reason: refund.reason,
      reference: refund.reference,
      provider_reference: refund.providerReference,
      create_time: refund.createTime,
    });
  }
  if (booking !== undefined) await storeBooking(trx, payment, booking);
  if (fact !== undefined) await appendOutbox(trx, [toEvent(fact)]);
}

async function storeBooking(trx: Knex.Transaction, payment: Payment, booking: Booking): Promise<void> {
  const transactionId = newId();
  const entries = booking.postings.map(({ account, side, amount }) => ({
    transaction_id: transactionId,
    account,
    side,
    currency: amount.currency,
    amount: amount.minor.toString(),
  }));
  const transaction = {
    transaction_id: transactionId,
    kind: booking.kind,
    payment_id: payment.id,
    order_id: payment.orderId,
    provider: payment.provider,
    provider_reference: booking.providerReference,
    book_time: payment.updateTime,
  };
  await trx('ledger_entries').with('booking', trx('ledger_transactions').insert(transaction)).insert(entries);
}
