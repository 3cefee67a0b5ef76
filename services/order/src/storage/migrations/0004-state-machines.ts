import type { Migration } from '@souk/sql';
import { syncTransitions } from '../legal-transitions.ts';

/**
 * The state machines in the database: every step of an order, its money, its goods or a return must be one of
 * `legal_transitions`, whoever writes it. History tells of all machines. What a saga's steps went through is kept.
 */
export const stateMachines: Migration = {
  name: '0004-state-machines',
  async up(trx) {
    await trx.raw(`
    create table legal_transitions (
      machine text not null,
      from_state text not null,
      to_state text not null,
      primary key (machine, from_state, to_state)
    );

    create function require_legal(machine_name text, before_state text, after_state text) returns void
    language plpgsql as $$
    begin
      if before_state <> after_state and not exists (
        select from legal_transitions
        where machine = machine_name and from_state = before_state and to_state = after_state
      ) then
        raise exception '% cannot go from % to %', machine_name, before_state, after_state using errcode = 'SK001';
      end if;
    end $$;

    -- Ends a statement of many parts, and undoes all of them, when one of them found another state than expected.
    create function stale_unless(is_expected boolean) returns boolean language plpgsql as $$
    begin
      if not is_expected then raise exception 'stale' using errcode = 'SK002'; end if;
      return true;
    end $$;

    alter table orders
      add column fulfilment_state text not null default 'unfulfilled',
      add column payment_action jsonb,
      add column expire_time timestamptz;

    create function check_order_step() returns trigger language plpgsql as $$
    begin
      perform require_legal('order', old.state, new.state);
      perform require_legal('payment', old.payment_state, new.payment_state);
      perform require_legal('fulfilment', old.fulfilment_state, new.fulfilment_state);
      return new;
    end $$;
    create trigger order_step before update on orders for each row
      when ((old.state, old.payment_state, old.fulfilment_state)
        is distinct from (new.state, new.payment_state, new.fulfilment_state))
      execute function check_order_step();

    create function check_return_step() returns trigger language plpgsql as $$
    begin
      perform require_legal('return', old.state, new.state);
      return new;
    end $$;
    create trigger return_step before update on returns for each row when (old.state <> new.state)
      execute function check_return_step();

    alter table order_history
      add column machine text not null default 'order',
      add column subject_id uuid;

    alter table sagas add column steps jsonb not null default '[]';
    drop index sagas_open;
    create index sagas_open on sagas (lease_until) where state in ('running', 'compensating', 'waiting');
    create index sagas_unended on sagas (create_time) where state in ('running', 'compensating', 'waiting', 'blocked');
    `);
    await syncTransitions(trx);
  },
};
