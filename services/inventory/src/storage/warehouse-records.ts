import type { Knex } from 'knex';
import type { WarehouseRecords } from '../app/warehouse-ports.ts';
import type { CountLine, StockCount } from '../domain/count.ts';
import { TRANSFER_STATES, type Transfer, type TransferLine } from '../domain/transfer.ts';
import { oneOf } from './rows.ts';

interface TransferRow {
  readonly transfer_id: string;
  readonly from_location_id: string;
  readonly to_location_id: string;
  readonly lines: readonly TransferLine[];
  readonly state: string;
}

interface CountRow {
  readonly count_id: string;
  readonly location_id: string;
  readonly lines: readonly CountLine[];
  readonly is_reconciled: boolean;
}

/** Transfers, counts, terms, locations and kits, within a transaction. */
export function warehouseRecords(trx: Knex.Transaction): WarehouseRecords {
  const rows = async <Row>(text: string, values: readonly Knex.RawBinding[]): Promise<Row[]> =>
    (await trx.raw<{ rows: Row[] }>(text, [...values])).rows;
  return {
    async lockTransfer(id) {
      const [row] = await rows<TransferRow>('SELECT * FROM transfers WHERE transfer_id = ? FOR UPDATE', [id]);
      return row && toTransfer(row);
    },
    async addTransfer({ transferId, fromLocationId, toLocationId, lines, state }) {
      const made = await rows(
        `INSERT INTO transfers (transfer_id, from_location_id, to_location_id, lines, state)
         VALUES (?, ?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING RETURNING 1`,
        [transferId, fromLocationId, toLocationId, JSON.stringify(lines), state],
      );
      return made.length > 0;
    },
    async saveTransfer({ transferId, state }) {
      await rows('UPDATE transfers SET state = ? WHERE transfer_id = ?', [state, transferId]);
    },
    async lockCount(id) {
      const [row] = await rows<CountRow>('SELECT * FROM counts WHERE count_id = ? FOR UPDATE', [id]);
      return row && toCount(row);
    },
    async addCount({ countId, locationId, lines, isReconciled }) {
      const made = await rows(
        `INSERT INTO counts (count_id, location_id, lines, is_reconciled)
         VALUES (?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING RETURNING 1`,
        [countId, locationId, JSON.stringify(lines), isReconciled],
      );
      return made.length > 0;
    },
    async saveCount({ countId, lines, isReconciled }) {
      await rows('UPDATE counts SET lines = ?::jsonb, is_reconciled = ? WHERE count_id = ?', [
        JSON.stringify(lines),
        isReconciled,
        countId,
      ]);
    },
    async setTerms(terms, time) {
      await rows(
        `UPDATE stock SET safety_stock = new.safety_stock, backorder_mode = new.backorder_mode,
                          backorder_limit = new.backorder_limit, expect_time = new.expect_time,
                          low_stock_at = new.low_stock_at, overstock_at = new.overstock_at,
                          version = version + 1, update_time = ?::timestamptz
         FROM json_to_recordset(?::json)
                AS new(sku text, location_id text, safety_stock int, backorder_mode text, backorder_limit int,
                       expect_time timestamptz, low_stock_at int, overstock_at int)
         WHERE stock.sku = new.sku AND stock.location_id = new.location_id`,
        [
          time,
          JSON.stringify(
            terms.map((one) => ({
              sku: one.sku,
              location_id: one.locationId,
              safety_stock: one.safetyStock,
              backorder_mode: one.backorderMode,
              backorder_limit: one.backorderLimit,
              expect_time: one.expectTime,
              low_stock_at: one.lowStockAt,
              overstock_at: one.overstockAt,
            })),
          ),
        ],
      );
    },
    async saveLocation({ locationId, name, priority, regionCode, isActive }) {
      await rows(
        `INSERT INTO locations (location_id, name, priority, region_code, is_active, version) VALUES (?, ?, ?, ?, ?, 1)
         ON CONFLICT (location_id) DO UPDATE
         SET name = excluded.name, priority = excluded.priority, region_code = excluded.region_code,
             is_active = excluded.is_active, version = locations.version + 1`,
        [locationId, name, priority, regionCode, isActive],
      );
    },
    async saveKit(kitSku, components) {
      const [row] = await rows<{ version: bigint }>(
        `INSERT INTO kits (kit_sku, components, version) VALUES (?, ?::jsonb, 1)
         ON CONFLICT (kit_sku) DO UPDATE SET components = excluded.components, version = kits.version + 1
         RETURNING version`,
        [kitSku, JSON.stringify(components)],
      );
      return row?.version ?? 1n;
    },
  };
}

function toTransfer(row: TransferRow): Transfer {
  return {
    transferId: row.transfer_id,
    fromLocationId: row.from_location_id,
    toLocationId: row.to_location_id,
    lines: row.lines,
    state: oneOf(TRANSFER_STATES, row.state),
  };
}

function toCount(row: CountRow): StockCount {
  return {
    countId: row.count_id,
    locationId: row.location_id,
    lines: row.lines,
    isReconciled: row.is_reconciled,
  };
}
