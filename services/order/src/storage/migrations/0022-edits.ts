import type { Migration } from '@souk/sql';

/**
 * Edits of orders. An order that an edit is applied to is held by it; a line that an edit added names it, and the line whose
 * units it brings back. Credit notes for units that were cancelled keep their lines with what is due.
 */
export const edits: Migration = {
  name: '0022-edits',
  async up(trx) {
    await trx.raw(`
    alter table orders add column edit_id uuid;
    alter table order_lines add column edit_id uuid, add column restores text;
    alter table documents_due add column lines jsonb;

    create table order_edits (
      edit_id uuid primary key,
      order_id uuid not null references orders,
      customer_id uuid not null,
      customer_kind text not null,
      state text not null check (state in ('staged', 'applying', 'applied', 'discarded', 'failed')),
      base_version bigint not null,
      currency text not null,
      difference_minor bigint not null,
      content jsonb not null,
      note text not null,
      actor text not null,
      failure jsonb,
      return_id uuid references returns,
      request_id uuid not null,
      request_fingerprint text not null,
      confirm_request_id uuid,
      confirm_fingerprint text,
      create_time timestamptz not null,
      expire_time timestamptz not null,
      settle_time timestamptz,
      unique (order_id, request_id)
    );
    create index order_edits_by_order on order_edits (order_id, edit_id);
    create unique index one_edit_at_a_time on order_edits (order_id) where state = 'applying';

    create function note_edit_document_due() returns trigger language plpgsql as $$
    begin
      insert into documents_due (order_id, cause) values (new.order_id, 'edit:' || new.edit_id)
      on conflict do nothing;
      return null;
    end $$;
    create trigger edit_applied after update of state on order_edits for each row
      when (old.state <> 'applied' and new.state = 'applied')
      execute function note_edit_document_due();
    create function check_edit_step() returns trigger language plpgsql as $$
    begin
      if not ((old.state = 'staged' and new.state in ('applying', 'discarded'))
        or (old.state = 'applying' and new.state in ('applied', 'failed'))) then
        raise exception 'an edit cannot go from % to %', old.state, new.state;
      end if;
      return new;
    end $$;
    create trigger edit_step before update on order_edits for each row when (old.state <> new.state)
      execute function check_edit_step();
    `);
  },
};
