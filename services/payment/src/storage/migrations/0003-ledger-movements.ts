import type { Migration } from '@souk/sql';

/** The ledger as movements of the balance with the provider: what it is reconciled with. */
export const ledgerMovements: Migration = {
  name: '0003-ledger-movements',
  async up(trx) {
    await trx.raw(`
    -- What a booking did to the provider's debt is what the provider calls a movement.
    create or replace view ledger_movements as
      select t.transaction_number, t.provider, t.provider_reference, t.payment_id, t.book_time, e.currency,
        case e.side when 'debit' then e.amount else -e.amount end as amount
      from ledger_transactions t join ledger_entries e using (transaction_id)
      where e.account = 'provider_receivable';
  `);
  },
};
