import type { Migration } from '@souk/sql';

/**
 * Invoices and credit notes, the counters of their numbers, and what they are due for.
 *
 * Causes are noted by triggers: whoever marks an order paid or cancelled or a return completed cannot forget its document,
 * and the checkout pays no round trip for it. They are settled in their order, away from the checkout.
 */
export const documents: Migration = {
  name: '0020-documents',
  async up(trx) {
    await trx.raw(`
    create table document_numbers (
      seller_id text not null,
      kind text not null,
      year integer not null,
      last_number integer not null check (last_number >= 0),
      primary key (seller_id, kind, year)
    );
    create table order_documents (
      document_id uuid primary key,
      order_id uuid not null references orders,
      customer_id uuid not null,
      customer_kind text not null,
      kind text not null,
      cause text not null,
      seller_id text not null,
      year integer not null,
      number integer not null,
      issue_time timestamptz not null,
      order_time timestamptz not null,
      currency text not null,
      net_minor bigint not null,
      tax_minor bigint not null,
      total_minor bigint not null check (total_minor = net_minor + tax_minor),
      content jsonb not null,
      unique (seller_id, kind, year, number),
      unique (order_id, kind, cause)
    );
    create table documents_due (
      due_id bigint generated always as identity primary key,
      order_id uuid not null references orders,
      cause text not null,
      unique (order_id, cause)
    );

    create function note_document_due() returns trigger language plpgsql as $$
    begin
      insert into documents_due (order_id, cause) values (new.order_id, tg_argv[0]) on conflict do nothing;
      return null;
    end $$;
    create function note_return_document_due() returns trigger language plpgsql as $$
    begin
      insert into documents_due (order_id, cause) values (new.order_id, 'return:' || new.return_id)
      on conflict do nothing;
      return null;
    end $$;
    create trigger order_paid after update of capture_time on orders for each row
      when (old.capture_time is null and new.capture_time is not null)
      execute function note_document_due('sale');
    create trigger order_inserted_paid after insert on orders for each row
      when (new.capture_time is not null)
      execute function note_document_due('sale');
    create trigger order_cancelled after update of state on orders for each row
      when (old.state <> 'cancelled' and new.state = 'cancelled')
      execute function note_document_due('cancellation');
    create trigger return_completed after update of state on returns for each row
      when (old.state <> 'completed' and new.state = 'completed' and new.refund_minor > 0)
      execute function note_return_document_due();

    insert into documents_due (order_id, cause)
      select order_id, 'sale' from orders where capture_time is not null order by capture_time, order_id;
    insert into documents_due (order_id, cause)
      select order_id, 'return:' || return_id from returns
      where state = 'completed' and refund_minor > 0 order by complete_time, return_id;
    insert into documents_due (order_id, cause)
      select order_id, 'cancellation' from orders where state = 'cancelled' order by update_time, order_id;
    `);
  },
};
