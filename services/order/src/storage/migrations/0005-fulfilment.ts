import type { Migration } from '@souk/sql';

/** Shipments, the locations that hold what is to be shipped, and what became of each line's units. */
export const fulfilment: Migration = {
  name: '0005-fulfilment',
  async up(trx) {
    await trx.raw(`
    alter table order_lines
      add column cancelled_quantity integer not null default 0,
      add column shipped_quantity integer not null default 0,
      add column delivered_quantity integer not null default 0,
      add column digital boolean not null default false;
    do $$
    declare old_check text;
    begin
      for old_check in
        select conname from pg_constraint
        where conrelid = 'order_lines'::regclass and contype = 'c'
          and (pg_get_constraintdef(oid) like '%refunded_quantity%'
            or pg_get_constraintdef(oid) like '%returned_quantity%')
      loop
        execute format('alter table order_lines drop constraint %I', old_check);
      end loop;
    end $$;
    alter table order_lines
      add constraint units_given_back
        check (returned_quantity >= 0 and cancelled_quantity >= 0
          and returned_quantity + cancelled_quantity <= quantity),
      add constraint units_refunded
        check (refunded_quantity between cancelled_quantity and returned_quantity + cancelled_quantity),
      add constraint units_shipped
        check (shipped_quantity between 0 and quantity - cancelled_quantity),
      add constraint units_delivered
        check (delivered_quantity between 0 and shipped_quantity);

    create table order_allocations (
      order_id uuid not null references orders,
      position integer not null,
      line_id text not null,
      sku text not null,
      location_id text not null,
      quantity integer not null check (quantity > 0),
      shipped_quantity integer not null check (shipped_quantity >= 0),
      cancelled_quantity integer not null check (cancelled_quantity >= 0),
      primary key (order_id, position),
      check (shipped_quantity + cancelled_quantity <= quantity)
    );

    create table shipments (
      shipment_id uuid primary key,
      order_id uuid not null references orders,
      version bigint not null,
      state text not null,
      location_id text not null,
      carrier text not null,
      tracking_number text not null,
      tracking_url text not null,
      request_id uuid not null,
      request_fingerprint text not null,
      create_time timestamptz not null,
      ship_time timestamptz not null,
      deliver_time timestamptz,
      unique (order_id, request_id)
    );
    create index shipments_by_order on shipments (order_id, shipment_id);

    create table shipment_lines (
      shipment_id uuid not null references shipments,
      line_id text not null,
      position integer not null,
      sku text not null,
      quantity integer not null check (quantity > 0),
      primary key (shipment_id, line_id)
    );

    create function check_shipment_step() returns trigger language plpgsql as $$
    begin
      perform require_legal('shipment', old.state, new.state);
      return new;
    end $$;
    create trigger shipment_step before update on shipments for each row when (old.state <> new.state)
      execute function check_shipment_step();

    create table line_cancellations (
      cancellation_id uuid primary key,
      order_id uuid not null references orders,
      request_id uuid not null,
      request_fingerprint text not null,
      unique (order_id, request_id)
    );
    `);
  },
};
