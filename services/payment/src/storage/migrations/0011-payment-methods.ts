import type { Migration } from '@souk/sql';

/** Means of payment that shoppers have saved: the provider's ids and the cards' faces, never a number. */
export const paymentMethods: Migration = {
  name: '0011-payment-methods',
  async up(trx) {
    await trx.raw(`
    -- The one-time token is forgotten as soon as the provider has answered, the rest when the provider has forgotten.
    create table payment_methods (
      method_id uuid primary key,
      customer_id uuid not null,
      request_id uuid not null,
      fingerprint text not null,
      state text not null check (state in ('saving', 'saved', 'refused', 'forgetting', 'forgotten')),
      token text check ((token is not null) = (state = 'saving')),
      make_default boolean not null,
      refusal_code text not null default '',
      provider_reference text not null default '' check (state <> 'saved' or provider_reference <> ''),
      brand text not null default '',
      last4 text not null default '' check (last4 ~ '^[0-9]{0,4}$'),
      expire_month int not null default 0,
      expire_year int not null default 0,
      country text not null default '',
      card_fingerprint text not null default '',
      is_default boolean not null default false check (not is_default or state = 'saved'),
      lease_time timestamptz not null default now(),
      create_time timestamptz not null default now(),
      unique (customer_id, request_id)
    );
    create unique index one_default_payment_method on payment_methods (customer_id) where is_default;
    create index open_payment_methods on payment_methods (lease_time) where state in ('saving', 'forgetting');
  `);
  },
};
