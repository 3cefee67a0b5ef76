import type { Migration } from '@souk/sql';

/** Gift cards and store credit: accounts that never fall below zero, what happened to them, and their bookings. */
export const storedValue: Migration = {
  name: '0012-stored-value',
  async up(trx) {
    await trx.raw(`
    create table stored_value_accounts (
      account_id uuid primary key,
      kind text not null check (kind in ('gift_card', 'store_credit')),
      customer_id uuid check ((customer_id is not null) = (kind = 'store_credit')),
      currency char(3) not null,
      balance bigint not null check (balance >= 0),
      held bigint not null default 0 check (held between 0 and balance)
    );
    create unique index one_store_credit_per_currency on stored_value_accounts (customer_id, currency);

    create table stored_value_entries (
      entry_number bigint generated always as identity primary key,
      account_id uuid not null references stored_value_accounts,
      kind text not null check (kind in ('issue', 'hold', 'release', 'capture', 'refund')),
      amount bigint not null check (amount > 0),
      payment_id uuid,
      order_id uuid,
      reason text not null default '',
      author_id text not null default '',
      create_time timestamptz not null
    );
    create index stored_value_entries_by_account on stored_value_entries (account_id, entry_number);
    create trigger stored_value_entries_append_only before update or delete or truncate on stored_value_entries
      for each statement execute function ledger_is_append_only();

    -- The code itself is nowhere: only a keyed hash of it, and its last characters.
    create table gift_cards (
      gift_card_id uuid primary key references stored_value_accounts,
      code_hash bytea not null unique,
      last_characters text not null check (length(last_characters) = 4),
      initial_amount bigint not null check (initial_amount > 0),
      is_disabled boolean not null default false,
      expire_time timestamptz,
      note text not null,
      issuer_id text not null,
      create_time timestamptz not null
    );

    create view gift_card_balances as
      select c.*, a.currency, a.balance, a.held
      from gift_cards c join stored_value_accounts a on a.account_id = c.gift_card_id;

    -- Issues and grants belong to no payment.
    alter table ledger_transactions alter column payment_id drop not null, alter column order_id drop not null,
      drop constraint ledger_transactions_kind_check,
      add constraint ledger_transactions_kind_check check (kind in ('capture', 'refund', 'gift_card_issue',
        'store_credit_grant', 'chargeback', 'chargeback_won', 'chargeback_lost')),
      add constraint ledger_transactions_payment_check check
        (kind in ('gift_card_issue', 'store_credit_grant') or (payment_id is not null and order_id is not null));
    alter table ledger_entries drop constraint ledger_entries_account_check, add constraint ledger_entries_account_check
      check (account in ('provider_receivable', 'order_clearing', 'unmatched_receipts', 'gift_card_liability',
        'store_credit_liability', 'gift_card_funding', 'store_credit_expense', 'disputed_receipts',
        'chargeback_losses'));
  `);
  },
};
