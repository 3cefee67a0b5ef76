import type { Knex } from 'knex';
import type { StockHistories } from '../app/warehouse-ports.ts';

/** What counts as sold: what left by a sale or a filled promise, less what came back. */
const SOLD = `(kind IN ('commitment', 'return') OR (kind = 'backorder' AND on_hand_delta < 0))`;

interface HistoryRow {
  readonly sku: string;
  readonly on_hand: bigint;
  readonly available: bigint;
  readonly opening: bigint;
  readonly sold: bigint;
  readonly received: bigint;
  readonly shrinkage: bigint;
  readonly stock_out_count: bigint;
  readonly stock_out_hours: number;
  readonly average_age_days: number | null;
}

/** What the ledger tells about the past. */
export function stockHistories(knex: Knex): StockHistories {
  const rows = async <Row>(text: string, values: readonly Knex.RawBinding[]): Promise<Row[]> =>
    (await knex.raw<{ rows: Row[] }>(text, [...values])).rows;
  return {
    async soldSince(since) {
      const found = await rows<{ sku: string; sold: bigint }>(
        `SELECT sku, coalesce(sold, 0)::bigint AS sold FROM (SELECT DISTINCT sku FROM stock) AS known
         LEFT JOIN (SELECT sku, -sum(on_hand_delta) AS sold FROM movements
                    WHERE ${SOLD} AND create_time >= ? GROUP BY sku) AS sums USING (sku)
         ORDER BY 2 DESC, sku`,
        [since],
      );
      return found.map(({ sku, sold }) => ({ sku, sold: Number(sold) }));
    },
    async historiesOf(skus, since) {
      const found = await rows<HistoryRow>(HISTORIES, [[...skus], since]);
      return found.map((row) => ({
        sku: row.sku,
        onHand: Number(row.on_hand),
        available: Number(row.available),
        opening: Number(row.opening),
        sold: Number(row.sold),
        received: Number(row.received),
        shrinkage: Number(row.shrinkage),
        stockOutCount: Number(row.stock_out_count),
        stockOutHours: row.stock_out_hours,
        averageAgeDays: row.average_age_days ?? undefined,
      }));
    },
    async soldPerDay(skus, since, days) {
      const found = await rows<{ sku: string; day: number; sold: bigint }>(
        `SELECT sku, floor(extract(epoch FROM create_time - ?::timestamptz) / 86400)::int AS day,
                -sum(least(on_hand_delta, 0)) AS sold
         FROM movements WHERE sku = ANY(?::text[]) AND ${SOLD} AND create_time >= ? GROUP BY 1, 2`,
        [since, [...skus], since],
      );
      const byDay = new Map(skus.map((sku) => [sku, Array.from({ length: days }, () => 0)]));
      for (const { sku, day, sold } of found) {
        const units = byDay.get(sku);
        if (units !== undefined && day < days) units[day] = Number(sold);
      }
      return byDay;
    },
  };
}

/**
 * One look for all figures. Stock-outs come from the running sum of what was not held; age from the newest units that
 * came in and together make what is there: first in, first out.
 */
const HISTORIES = `
  WITH asked AS (SELECT ?::text[] AS skus, ?::timestamptz AS since),
  level AS (
    SELECT sku, sum(on_hand) AS on_hand, sum(greatest(0, on_hand - reserved - safety_stock - backordered)) AS available,
           sum(on_hand - reserved) AS unheld
    FROM stock, asked WHERE sku = ANY(skus) GROUP BY sku),
  written AS (SELECT movements.* FROM movements, asked WHERE sku = ANY(skus) AND create_time >= since),
  sums AS (
    SELECT sku, sum(on_hand_delta) AS change, sum(on_hand_delta - reserved_delta) AS unheld_change,
           -sum(on_hand_delta) FILTER (WHERE ${SOLD}) AS sold,
           sum(on_hand_delta) FILTER (WHERE kind = 'receipt') AS received,
           -sum(CASE WHEN kind = 'transfer' THEN on_hand_delta + incoming_delta + damaged_delta ELSE on_hand_delta END)
             FILTER (WHERE reason IN ('shrinkage', 'count')) AS shrinkage
    FROM written GROUP BY sku),
  running AS (
    SELECT sku, create_time,
           unheld - coalesce(unheld_change, 0)
             + sum(on_hand_delta - reserved_delta) OVER (PARTITION BY sku ORDER BY position) AS unheld_after,
           coalesce(lead(create_time) OVER (PARTITION BY sku ORDER BY position), now()) AS until,
           unheld - coalesce(unheld_change, 0)
             + coalesce(sum(on_hand_delta - reserved_delta)
                 OVER (PARTITION BY sku ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
             AS unheld_before
    FROM written JOIN level USING (sku) LEFT JOIN sums USING (sku)),
  outs AS (
    SELECT sku, count(*) FILTER (WHERE unheld_after <= 0 AND unheld_before > 0) AS stock_out_count,
           coalesce(sum(extract(epoch FROM until - create_time)) FILTER (WHERE unheld_after <= 0), 0) / 3600
             AS stock_out_hours
    FROM running GROUP BY sku),
  came AS (
    SELECT sku, create_time, on_hand_delta AS units,
           sum(on_hand_delta) OVER (PARTITION BY sku ORDER BY position DESC) - on_hand_delta AS newer
    FROM movements, asked WHERE sku = ANY(skus) AND on_hand_delta > 0),
  ages AS (
    SELECT sku, sum(least(units, on_hand - newer) * extract(epoch FROM now() - create_time) / 86400)
                  / sum(least(units, on_hand - newer)) AS average_age_days
    FROM came JOIN level USING (sku) WHERE newer < on_hand GROUP BY sku)
  SELECT sku, on_hand::bigint, available::bigint, (on_hand - coalesce(change, 0))::bigint AS opening,
         coalesce(sold, 0)::bigint AS sold, coalesce(received, 0)::bigint AS received,
         coalesce(shrinkage, 0)::bigint AS shrinkage, coalesce(stock_out_count, 0)::bigint AS stock_out_count,
         coalesce(stock_out_hours, 0)::float8 AS stock_out_hours, average_age_days::float8 AS average_age_days
  FROM level LEFT JOIN sums USING (sku) LEFT JOIN outs USING (sku) LEFT JOIN ages USING (sku)`;
