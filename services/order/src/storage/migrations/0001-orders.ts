import type { Migration } from '@souk/sql';

/** Orders with their lines and history. Amounts are minor units of the order's currency. */
export const orders: Migration = {
  name: '0001-orders',
  async up(trx) {
    await trx.raw(`
    create table orders (
      order_id uuid primary key,
      version bigint not null,
      state text not null,
      payment_state text not null,
      customer_id uuid not null,
      customer_kind text not null,
      email text not null,
      locale text not null,
      shipping_address jsonb not null,
      billing_address jsonb not null,
      currency text not null,
      region_code text not null,
      line_count integer not null,
      list_minor bigint not null,
      discount_minor bigint not null,
      tax_minor bigint not null,
      total_minor bigint not null,
      refunded_minor bigint not null check (refunded_minor between 0 and total_minor),
      cart_id uuid not null,
      payment_id uuid,
      rejection jsonb,
      request_id uuid not null,
      request_fingerprint text not null,
      order_time timestamptz not null,
      create_time timestamptz not null,
      update_time timestamptz not null,
      confirm_time timestamptz,
      capture_time timestamptz,
      unique (customer_id, request_id)
    ) with (fillfactor = 80);
    create index orders_by_time on orders (order_time desc, order_id desc);
    create index orders_by_customer on orders (customer_id, order_time desc, order_id desc);
    create index orders_by_state on orders (state, order_time desc, order_id desc);

    create table order_lines (
      order_id uuid not null references orders,
      line_id text not null,
      position integer not null,
      product_id text not null,
      sku text not null,
      title text not null,
      quantity integer not null check (quantity > 0),
      unit_minor bigint not null,
      list_minor bigint not null,
      discount_minor bigint not null,
      tax_minor bigint not null,
      total_minor bigint not null,
      returned_quantity integer not null check (returned_quantity <= quantity),
      refunded_quantity integer not null check (refunded_quantity between 0 and returned_quantity),
      primary key (order_id, line_id)
    );

    create table order_history (
      order_id uuid not null references orders,
      position integer not null,
      from_state text,
      to_state text not null,
      actor text not null,
      reason text not null,
      change_time timestamptz not null,
      primary key (order_id, position)
    );
    `);
  },
};
