import type { Migration } from '@souk/sql';

/** What was thought of payments, the versions of the rules, and the blocklists. */
export const fraud: Migration = {
  name: '0010-fraud',
  async up(trx) {
    await trx.raw(`
    -- One row per judged payment, written with the claim of its authorisation. Facts hold counts, countries and currencies,
    -- no card, e-mail or address.
    create table fraud_assessments (
      payment_id uuid primary key,
      order_id uuid not null,
      customer_id uuid not null,
      currency char(3) not null,
      amount bigint not null check (amount > 0),
      decision text not null check (decision in ('allow', 'review', 'decline')),
      score int not null,
      rule_set_version int not null,
      signals jsonb not null,
      skipped jsonb not null,
      facts jsonb not null,
      review_state text check (review_state in ('pending', 'approved', 'rejected')),
      reviewer_id text not null default '',
      review_note text not null default '',
      outcome text check (outcome in ('legitimate', 'fraud')),
      create_time timestamptz not null,
      review_time timestamptz,
      check (review_state is null or decision = 'review')
    );
    create index fraud_reviews on fraud_assessments (review_state, payment_id) where review_state is not null;

    create table fraud_rule_sets (
      version int primary key,
      review_score int not null check (review_score > 0),
      decline_score int not null check (decline_score >= review_score),
      rules jsonb not null,
      note text not null,
      is_active boolean not null default false,
      author_id text not null,
      request_id uuid unique,
      fingerprint text not null default '',
      create_time timestamptz not null default now()
    );
    create unique index one_active_fraud_rule_set on fraud_rule_sets (is_active) where is_active;

    create table fraud_blocklist (
      entry_id uuid primary key,
      kind text not null check (kind in ('card', 'account', 'address', 'device', 'email', 'email-domain')),
      pseudonym text not null,
      masked_value text not null,
      reason text not null,
      author_id text not null,
      create_time timestamptz not null,
      expire_time timestamptz,
      unique (kind, pseudonym)
    );
  `);
  },
};
