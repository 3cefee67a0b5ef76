import type { Migration } from '@souk/sql';

/**
 * Several locations, more kinds of units, terms of sale, kits, and promises.
 *
 * Positions are handed out by the service in blocks, so that a change and the facts that tell of it go in one statement.
 */
export const locations: Migration = {
  name: '0004-locations',
  async up(trx) {
    await trx.raw(`
    create table locations (
      location_id text collate "C" primary key,
      name text not null,
      priority integer not null,
      region_code text not null,
      is_active boolean not null,
      version bigint not null
    );
    insert into locations values ('main', 'Main', 0, '', true, 1);

    create table kits (
      kit_sku text collate "C" primary key,
      components jsonb not null,
      version bigint not null
    );

    alter table stock
      add incoming integer not null default 0 check (incoming >= 0),
      add backordered integer not null default 0 check (backordered >= 0),
      add safety_stock integer not null default 0 check (safety_stock >= 0),
      add backorder_mode text not null default 'none' check (backorder_mode in ('none', 'backorder', 'preorder')),
      add backorder_limit integer not null default 0,
      add expect_time timestamptz,
      add low_stock_at integer,
      add overstock_at integer;

    alter table movements
      add incoming_delta integer not null default 0,
      add backordered_delta integer not null default 0,
      alter position drop identity;
    create sequence movement_blocks;
    select setval('movement_blocks', (select coalesce(max(position), 0) / 1000 + 1 from movements));

    alter table reservations
      add wanted jsonb,
      add owed integer not null default 0;
    create index reservations_owed on reservations (create_time) where owed > 0;
  `);
  },
};
