import type { Migration } from '@souk/sql';

/** Stock levels and the ledger that explains them. The checks are the last line: no bug may oversell. */
export const stock: Migration = {
  name: '0001-stock',
  async up(trx) {
    await trx.raw(`
    create table stock (
      sku text collate "C" not null,
      location_id text collate "C" not null,
      on_hand integer not null default 0,
      reserved integer not null default 0 check (reserved >= 0),
      damaged integer not null default 0 check (damaged >= 0),
      version bigint not null default 0,
      position bigint not null default 0,
      update_time timestamptz not null default now(),
      primary key (sku, location_id),
      constraint available_is_not_negative check (on_hand - reserved >= 0)
    ) with (fillfactor = 60);

    create table movements (
      position bigint generated always as identity primary key,
      sku text collate "C" not null,
      location_id text collate "C" not null,
      kind text not null,
      on_hand_delta integer not null,
      reserved_delta integer not null,
      damaged_delta integer not null,
      reference text not null,
      reason text,
      actor_id text not null,
      request_id text not null,
      create_time timestamptz not null
    );
    create index movements_by_level on movements (sku, location_id, position);
    create index movements_by_reference on movements (reference, position) where reference <> '';

    create function movements_are_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'movements is append-only';
    end $$;
    create trigger movements_append_only before update or delete or truncate on movements
      for each statement execute function movements_are_append_only();
  `);
  },
};
