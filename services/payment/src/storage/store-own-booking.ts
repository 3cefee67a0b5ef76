import { newId } from '@souk/kernel';
import type { Knex } from 'knex';
import type { Booking } from '../domain/ledger.ts';

/** Stores a booking that no operation of a payment made: of stored value or of a chargeback. */
export async function storeOwnBooking(
  trx: Knex.Transaction,
  booking: Booking,
  bookTime: Date,
  payment?: { readonly paymentId: string; readonly orderId: string },
): Promise<void> {
  const transactionId = newId();
  const transaction = {
    transaction_id: transactionId,
    kind: booking.kind,
    payment_id: payment?.paymentId ?? null,
    order_id: payment?.orderId ?? null,
    provider: booking.provider,
    provider_reference: booking.providerReference,
    book_time: bookTime,
  };
  await trx('ledger_entries')
    .with('booking', trx('ledger_transactions').insert(transaction))
    .insert(
      booking.postings.map(({ account, side, amount }) => ({
        transaction_id: transactionId,
        account,
        side,
        currency: amount.currency,
        amount: amount.minor.toString(),
      })),
    );
}
