import type { Migration } from '@souk/sql';

/** Payments, their refunds, the operations asked of providers, and the events that providers sent. */
export const payments: Migration = {
  name: '0001-payments',
  async up(trx) {
    await trx.raw(`
    create table payments (
      payment_id uuid primary key,
      order_id uuid not null,
      customer_id uuid not null,
      state text not null check (state in
        ('pending', 'authorized', 'captured', 'partially_refunded', 'refunded', 'voided', 'failed')),
      currency char(3) not null,
      amount bigint not null check (amount > 0),
      captured bigint not null default 0 check (captured between 0 and amount),
      refunded bigint not null default 0 check (refunded between 0 and captured),
      provider text not null,
      provider_reference text not null default '',
      decline_code text not null default '',
      version bigint not null,
      create_time timestamptz not null,
      update_time timestamptz not null
    );
    create unique index one_live_payment_per_order on payments (order_id) where state not in ('failed', 'voided');
    create unique index payments_by_provider_reference on payments (provider, provider_reference)
      where provider_reference <> '';
    create index payments_by_order on payments (order_id, payment_id);

    create table refunds (
      refund_id uuid primary key,
      payment_id uuid not null references payments,
      amount bigint not null check (amount > 0),
      reason text not null,
      reference text not null,
      provider_reference text not null unique,
      create_time timestamptz not null
    );
    create index refunds_by_payment on refunds (payment_id, refund_id);

    -- A row is committed before the provider is asked; its id is the provider's idempotency key, on every attempt.
    -- The payment method is forgotten as soon as the outcome is known.
    create table provider_operations (
      operation_id uuid primary key,
      kind text not null check (kind in ('authorize', 'capture', 'void', 'refund')),
      request_id uuid not null,
      fingerprint text not null,
      payment_id uuid not null references payments,
      request jsonb,
      is_open boolean not null,
      attempts int not null default 0,
      lease_time timestamptz not null,
      outcome jsonb,
      create_time timestamptz not null,
      unique (kind, request_id),
      check (is_open = (outcome is null)),
      check (is_open = (request is not null))
    );
    create unique index one_open_operation_per_payment on provider_operations (payment_id) where is_open;
    create index open_operations_by_lease on provider_operations (lease_time) where is_open;

    create table provider_events (
      provider text not null,
      event_id text not null,
      event_number bigint generated always as identity,
      payment_id uuid,
      event jsonb not null,
      receive_time timestamptz not null default now(),
      is_pending boolean not null default true,
      primary key (provider, event_id)
    );
    create index pending_provider_events on provider_events (event_number) where is_pending;
  `);
  },
};
