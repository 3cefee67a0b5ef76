import type { Migration } from '@souk/sql';

/** Disputed charges. */
export const chargebacks: Migration = {
  name: '0013-chargebacks',
  async up(trx) {
    await trx.raw(`
    create table chargebacks (
      chargeback_id uuid primary key,
      payment_id uuid not null references payments,
      order_id uuid not null,
      currency char(3) not null,
      amount bigint not null check (amount > 0),
      reason text not null,
      state text not null check (state in ('open', 'evidence_submitted', 'won', 'lost')),
      provider text not null,
      provider_reference text not null,
      evidence_due_time timestamptz,
      evidence jsonb not null default '{}',
      version bigint not null,
      create_time timestamptz not null,
      update_time timestamptz not null,
      unique (provider, provider_reference)
    );
    create index chargebacks_by_order on chargebacks (order_id, chargeback_id);
  `);
  },
};
