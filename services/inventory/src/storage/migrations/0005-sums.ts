import type { Migration } from '@souk/sql';

/**
 * The database itself holds that the sum of a level's movements is the level: what a statement changes in `stock` must be
 * what it wrote to the ledger, and no movement goes without its level taking note. One look per statement, not per row.
 */
export const sums: Migration = {
  name: '0005-sums',
  async up(trx) {
    await trx.raw(`
    create function stock_is_explained() returns trigger language plpgsql as $$
    declare broken text;
    begin
      select now.sku || ' at ' || now.location_id into broken
      from stock_now now
      left join stock_before before using (sku, location_id)
      cross join lateral (
        select coalesce(sum(on_hand_delta), 0) as on_hand, coalesce(sum(reserved_delta), 0) as reserved,
               coalesce(sum(damaged_delta), 0) as damaged, coalesce(sum(incoming_delta), 0) as incoming,
               coalesce(sum(backordered_delta), 0) as backordered
        from movements
        where sku = now.sku and location_id = now.location_id
          and position > coalesce(before.position, 0) and position <= now.position) written
      where now.on_hand - coalesce(before.on_hand, 0) <> written.on_hand
         or now.reserved - coalesce(before.reserved, 0) <> written.reserved
         or now.damaged - coalesce(before.damaged, 0) <> written.damaged
         or now.incoming - coalesce(before.incoming, 0) <> written.incoming
         or now.backordered - coalesce(before.backordered, 0) <> written.backordered
      limit 1;
      if broken is not null then
        raise exception 'stock of % is not the sum of its movements', broken using errcode = 'check_violation';
      end if;
      return null;
    end $$;
    create trigger stock_explained after update on stock
      referencing old table as stock_before new table as stock_now
      for each statement execute function stock_is_explained();

    create function stock_begins_empty() returns trigger language plpgsql as $$
    begin
      if new.on_hand <> 0 or new.reserved <> 0 or new.damaged <> 0 or new.incoming <> 0 or new.backordered <> 0 then
        raise exception 'stock of % begins with movements', new.sku using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger stock_begins_empty before insert on stock for each row execute function stock_begins_empty();

    create function stock_outlives_movements() returns trigger language plpgsql as $$
    begin
      raise exception 'stock is never removed';
    end $$;
    create trigger stock_outlives_movements before delete or truncate on stock
      for each statement execute function stock_outlives_movements();

    create function movements_are_counted() returns trigger language plpgsql as $$
    declare broken text;
    begin
      select sku || ' at ' || location_id into broken
      from (select sku, location_id, max(position) as position from movements_new group by 1, 2) written
      left join stock using (sku, location_id)
      where stock.position is distinct from written.position
      limit 1;
      if broken is not null then
        raise exception 'a movement of % is not in its stock', broken using errcode = 'check_violation';
      end if;
      return null;
    end $$;
    create trigger movements_counted after insert on movements
      referencing new table as movements_new
      for each statement execute function movements_are_counted();
  `);
  },
};
