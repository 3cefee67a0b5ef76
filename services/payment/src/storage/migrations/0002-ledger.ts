import type { Migration } from '@souk/sql';

/** The double-entry ledger: append-only, and balanced per booking and currency before a transaction may commit. */
export const ledger: Migration = {
  name: '0002-ledger',
  async up(trx) {
    await trx.raw(`
    create table ledger_transactions (
      transaction_id uuid primary key,
      transaction_number bigint generated always as identity unique,
      kind text not null check (kind in ('capture', 'refund')),
      payment_id uuid not null references payments,
      order_id uuid not null,
      provider text not null,
      provider_reference text not null check (provider_reference <> ''),
      book_time timestamptz not null,
      unique (provider, kind, provider_reference)
    );
    create index ledger_transactions_by_payment on ledger_transactions (payment_id);

    create table ledger_entries (
      entry_number bigint generated always as identity primary key,
      transaction_id uuid not null references ledger_transactions,
      account text not null check (account in ('provider_receivable', 'order_clearing')),
      side text not null check (side in ('debit', 'credit')),
      currency char(3) not null,
      amount bigint not null check (amount > 0)
    );
    create index ledger_entries_by_transaction on ledger_entries (transaction_id);
    create index ledger_entries_by_account on ledger_entries (account, entry_number);

    create function ledger_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the ledger is append-only';
    end $$;
    create trigger ledger_transactions_append_only before update or delete or truncate on ledger_transactions
      for each statement execute function ledger_is_append_only();
    create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries
      for each statement execute function ledger_is_append_only();

    create function ledger_transaction_is_balanced() returns trigger language plpgsql as $$
    begin
      if not exists (select from ledger_entries where transaction_id = new.transaction_id) or exists (
        select from ledger_entries where transaction_id = new.transaction_id
        group by currency having sum(case side when 'debit' then amount else -amount end) <> 0
      ) then
        raise exception 'booking % is not balanced', new.transaction_id using errcode = 'check_violation';
      end if;
      return null;
    end $$;
    create constraint trigger ledger_transactions_are_balanced after insert on ledger_transactions
      deferrable initially deferred for each row execute function ledger_transaction_is_balanced();
    create constraint trigger ledger_entries_are_balanced after insert on ledger_entries
      deferrable initially deferred for each row execute function ledger_transaction_is_balanced();
  `);
  },
};
