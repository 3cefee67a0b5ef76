import type { Migration } from '@souk/sql';

/**
 * Several payments per order, tenders, many captures, challenges, refunds of orders, authorisations forbidden in advance;
 * and the state machine of `domain/payment-state.ts` in the database.
 */
export const tendersAndStates: Migration = {
  name: '0004-tenders-and-states',
  async up(trx) {
    await trx.raw(`
    alter table payments
      add column purpose text not null default 'checkout'
        check (purpose in ('checkout', 'edit', 'exchange', 'unmatched')),
      add column reference text not null default '',
      add column released bigint not null default 0,
      add column tenders jsonb not null default '[]',
      add column captures jsonb not null default '[]',
      add column screening text not null default 'allow' check (screening in ('allow', 'review', 'decline')),
      add column action jsonb,
      drop constraint payments_state_check,
      add constraint payments_state_check check (state in
        ('pending', 'requires_action', 'in_review', 'authorized', 'partially_captured', 'captured',
         'partially_refunded', 'refunded', 'voided', 'failed'));

    update payments set
      released = case when state in ('pending', 'authorized') then 0 else amount - captured end,
      tenders = jsonb_build_array(jsonb_build_object('kind', 'card', 'amount', amount::text,
        'captured', captured::text, 'refunded', refunded::text, 'source', '', 'label', '')),
      captures = case when captured = 0 then '[]' else jsonb_build_array(jsonb_build_object('amount', captured::text,
        'providerReference', provider_reference,
        'createTime', to_char(update_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) end;

    alter table payments
      add constraint payments_released_check check (released >= 0 and captured + released <= amount),
      -- Nothing is held any more of a payment that is over.
      add constraint payments_held_check check
        (state in ('pending', 'requires_action', 'in_review', 'authorized', 'partially_captured')
         or captured + released = amount),
      add constraint payments_taken_check check
        ((captured > 0) = (state in ('partially_captured', 'captured', 'partially_refunded', 'refunded'))),
      alter column tenders drop default,
      alter column captures drop default;

    drop index one_live_payment_per_order;
    create unique index one_live_payment_per_order on payments (order_id, purpose, reference)
      where state not in ('failed', 'voided') and purpose <> 'unmatched';
    create index payments_due on payments (update_time) where state in ('requires_action')
      or (purpose = 'unmatched' and refunded < captured);

    -- The steps of TRANSITIONS in domain/payment-state.ts; a test holds the two together.
    create function payment_step_is_possible() returns trigger language plpgsql as $$
    begin
      if new.payment_id <> old.payment_id or new.order_id <> old.order_id or new.amount <> old.amount
        or new.currency <> old.currency or new.provider <> old.provider
        or new.captured < old.captured or new.refunded < old.refunded or new.version <= old.version then
        raise exception 'payment %: amounts and versions only grow, the rest stays', old.payment_id
          using errcode = 'check_violation';
      end if;
      if new.state <> old.state and old.state || '>' || new.state not in (
        'authorized>captured', 'authorized>partially_captured', 'authorized>voided',
        'captured>partially_refunded', 'captured>refunded',
        'failed>captured',
        'in_review>authorized', 'in_review>voided',
        'partially_captured>captured', 'partially_captured>partially_refunded', 'partially_captured>refunded',
        'partially_refunded>refunded',
        'pending>authorized', 'pending>failed', 'pending>in_review', 'pending>requires_action',
        'requires_action>authorized', 'requires_action>failed', 'requires_action>in_review',
        'requires_action>voided',
        'voided>captured') then
        raise exception 'payment %: no step from % to %', old.payment_id, old.state, new.state
          using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger payments_step before update on payments
      for each row execute function payment_step_is_possible();

    -- One statement settles an operation; it fails as a whole if the payment has moved on or the operation has ended.
    create function require_settled(payments bigint, operations bigint) returns void language plpgsql as $$
    begin
      if payments <> 1 or operations <> 1 then
        raise exception 'the payment has moved on' using errcode = 'SK409';
      end if;
    end $$;

    alter table refunds drop constraint refunds_provider_reference_key;
    create unique index refunds_by_provider_reference on refunds (payment_id, provider_reference);

    -- What VoidPayment came for before its authorisation: an order, or the request id of an authorisation.
    create table forbidden_authorizations (
      target uuid primary key,
      create_time timestamptz not null default now()
    );

    create table order_refunds (
      request_id uuid primary key,
      order_id uuid not null,
      fingerprint text not null,
      plan jsonb not null,
      is_open boolean not null default true,
      lease_time timestamptz not null,
      outcome jsonb,
      create_time timestamptz not null default now(),
      check (is_open = (outcome is null))
    );
    create unique index one_open_refund_per_order on order_refunds (order_id) where is_open;

    alter table ledger_entries drop constraint ledger_entries_account_check, add constraint ledger_entries_account_check
      check (account in ('provider_receivable', 'order_clearing', 'unmatched_receipts', 'gift_card_liability',
        'store_credit_liability'));

    -- Events that belong to a payment by the provider's reference only.
    alter table provider_events add column provider_reference text not null default '';
    create index pending_provider_events_by_time on provider_events (receive_time) where is_pending;
  `);
  },
};
