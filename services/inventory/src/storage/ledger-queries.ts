import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { LedgerCheck, LevelKey, MovementQuery } from '../app/ports.ts';
import type { LedgerEntry } from '../domain/movement.ts';
import type { StockLevel } from '../domain/stock.ts';
import { type MovementRow, type StockRow, toEntry, toLevel } from './rows.ts';

interface CheckRow extends StockRow {
  readonly sum_on_hand: bigint;
  readonly sum_reserved: bigint;
  readonly sum_damaged: bigint;
  readonly sum_incoming: bigint;
  readonly sum_backordered: bigint;
  readonly held: bigint;
  readonly owed: bigint;
}

const LEVELS = { name: 'levels-by-sku', text: 'SELECT * FROM stock WHERE sku = ANY(?::text[])' };

/** The ledger's entries, newest first. */
export async function listMovements(knex: Knex, query: MovementQuery): Promise<LedgerEntry[]> {
  const select = knex<MovementRow>('movements').orderBy('position', 'desc').limit(query.limit);
  if (query.sku !== '') select.where('sku', query.sku);
  if (query.reference !== '') select.where('reference', query.reference);
  if (query.before !== undefined) select.where('position', '<', String(query.before));
  return (await select).map(toEntry);
}

/** Levels in the order of SKU and location. */
export async function pageLevels(
  knex: Knex,
  after: LevelKey | undefined,
  limit: number,
): Promise<StockLevel[]> {
  const result = await knex.raw<{ rows: StockRow[] }>(
    'SELECT * FROM stock WHERE (sku, location_id) > (?, ?) ORDER BY sku, location_id LIMIT ?',
    [after?.sku ?? '', after?.locationId ?? '', limit],
  );
  return result.rows.map(toLevel);
}

/** Levels of some SKUs at every location. */
export async function levelsOf(sql: Sql, skus: readonly string[]): Promise<StockLevel[]> {
  const rows = await sql.run<StockRow>(LEVELS, [[...skus]]);
  return rows.map(toLevel);
}

/** A page of levels beside the sums of their movements and of what reservations hold; one statement, one snapshot. */
export async function checkLedger(
  knex: Knex,
  after: LevelKey | undefined,
  limit: number,
): Promise<LedgerCheck[]> {
  const result = await knex.raw<{ rows: CheckRow[] }>(
    `WITH page AS (
       SELECT * FROM stock WHERE (sku, location_id) > (?, ?) ORDER BY sku, location_id LIMIT ?),
     ledger AS (
       SELECT sku, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved,
              sum(damaged_delta) AS damaged, sum(incoming_delta) AS incoming, sum(backordered_delta) AS backordered
       FROM movements JOIN page USING (sku, location_id) GROUP BY sku, location_id),
     promised AS (
       SELECT line.sku, line."locationId" AS location_id,
              sum(line.quantity - coalesce(line.backordered, 0)) FILTER (WHERE state = 'held') AS held,
              sum(line.backordered) AS owed
       FROM reservations,
            jsonb_to_recordset(lines) AS line(sku text, "locationId" text, quantity int, backordered int)
       WHERE state = 'held' OR (state = 'committed' AND reservations.owed > 0) GROUP BY 1, 2)
     SELECT page.*, coalesce(ledger.on_hand, 0)::bigint AS sum_on_hand,
            coalesce(ledger.reserved, 0)::bigint AS sum_reserved, coalesce(ledger.damaged, 0)::bigint AS sum_damaged,
            coalesce(ledger.incoming, 0)::bigint AS sum_incoming,
            coalesce(ledger.backordered, 0)::bigint AS sum_backordered,
            coalesce(promised.held, 0)::bigint AS held, coalesce(promised.owed, 0)::bigint AS owed
     FROM page LEFT JOIN ledger USING (sku, location_id) LEFT JOIN promised USING (sku, location_id)
     ORDER BY sku, location_id`,
    [after?.sku ?? '', after?.locationId ?? '', limit],
  );
  return result.rows.map((row) => ({
    level: toLevel(row),
    onHand: Number(row.sum_on_hand),
    reserved: Number(row.sum_reserved),
    damaged: Number(row.sum_damaged),
    incoming: Number(row.sum_incoming),
    backordered: Number(row.sum_backordered),
    held: Number(row.held),
    owed: Number(row.owed),
  }));
}
