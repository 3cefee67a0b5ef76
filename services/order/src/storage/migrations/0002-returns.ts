import type { Migration } from '@souk/sql';

/** Returns and their lines. */
export const returns: Migration = {
  name: '0002-returns',
  async up(trx) {
    await trx.raw(`
    create table returns (
      return_id uuid primary key,
      order_id uuid not null references orders,
      customer_id uuid not null,
      customer_kind text not null,
      version bigint not null,
      state text not null,
      reason text not null,
      note text not null,
      currency text not null,
      refund_minor bigint not null check (refund_minor >= 0),
      return_time timestamptz not null,
      receive_time timestamptz,
      create_time timestamptz not null,
      complete_time timestamptz,
      request_id uuid not null,
      request_fingerprint text not null,
      receipt_request_id uuid,
      receipt_fingerprint text,
      unique (order_id, request_id)
    );
    create index returns_by_time on returns (return_time desc, return_id desc);
    create index returns_by_customer on returns (customer_id, return_time desc, return_id desc);

    create table return_lines (
      return_id uuid not null references returns,
      line_id text not null,
      position integer not null,
      sku text not null,
      quantity integer not null check (quantity > 0),
      good_quantity integer not null check (good_quantity >= 0),
      damaged_quantity integer not null check (damaged_quantity >= 0),
      net_minor bigint not null,
      tax_minor bigint not null,
      primary key (return_id, line_id),
      check (good_quantity + damaged_quantity <= quantity)
    );
    `);
  },
};
