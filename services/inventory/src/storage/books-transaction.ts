import type { Envelope } from '@souk/messaging';
import { appendOutbox, onceByRequestId } from '@souk/sql';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Knex } from 'knex';
import type { BooksTransaction } from '../app/ports.ts';
import type { InventoryFact } from '../domain/fact.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReturnedUnits } from '../domain/restock.ts';
import { DEFAULT_LOCATION, type Stock, type StockLevel, stockOf } from '../domain/stock.ts';
import type { Positions } from './positions.ts';
import { prepare } from './post-movements.ts';
import { POST, postValues } from './posting-statement.ts';
import { warehouseRecords } from './warehouse-records.ts';
import { type ReservationRow, type StockRow, toLevel, toReservation } from './rows.ts';

/** How the response of a stock change is stored for replay. */
export interface LevelsCodec<Desc extends DescMessage> {
  readonly schema: Desc;
  encode(levels: readonly StockLevel[]): MessageShape<Desc>;
  decode(message: MessageShape<Desc>): StockLevel[];
}

/** The books within a transaction. */
export function booksTransaction<Desc extends DescMessage>(
  trx: Knex.Transaction,
  positions: Positions,
  toEvent: (fact: InventoryFact) => Envelope,
  codec: LevelsCodec<Desc>,
): BooksTransaction {
  const lockLevels = async (skus: readonly string[]): Promise<Stock> => {
    if (skus.length === 0) return new Map();
    const result = await trx.raw<{ rows: StockRow[] }>(
      'SELECT * FROM stock WHERE sku = ANY(?::text[]) ORDER BY sku, location_id FOR UPDATE',
      [[...skus]],
    );
    return stockOf(result.rows.map(toLevel));
  };
  const reservations = async (where: string, values: readonly Knex.RawBinding[]): Promise<Reservation[]> => {
    const result = await trx.raw<{ rows: ReservationRow[] }>(`SELECT * FROM reservations WHERE ${where}`, [
      ...values,
    ]);
    return result.rows.map(toReservation);
  };
  const byIds = async (tail: string, ids: readonly string[]): Promise<Map<string, Reservation>> => {
    const found = await reservations(`reservation_id = ANY(?::uuid[]) ${tail}`, [[...ids]]);
    return new Map(found.map((reservation) => [reservation.reservationId, reservation]));
  };

  return {
    lockLevels,
    async openLevels(keys) {
      // Terms of a SKU hold at each of its locations, a new one included.
      await trx.raw(
        `INSERT INTO stock (sku, location_id, backorder_mode, expect_time, low_stock_at, overstock_at)
         SELECT DISTINCT ON (opened.sku, opened.location_id) opened.sku, opened.location_id,
                coalesce(known.backorder_mode, 'none'), known.expect_time, known.low_stock_at, known.overstock_at
         FROM (SELECT sku COLLATE "C" AS sku, location_id COLLATE "C" AS location_id
               FROM unnest(?::text[], ?::text[]) AS asked(sku, location_id)) AS opened
         LEFT JOIN stock AS known ON known.sku = opened.sku
         ORDER BY opened.sku, opened.location_id ON CONFLICT DO NOTHING`,
        [keys.map(({ sku }) => sku), keys.map(({ locationId }) => locationId || DEFAULT_LOCATION)],
      );
      return lockLevels(keys.map(({ sku }) => sku));
    },
    findReservations: (ids) => byIds('', ids),
    lockReservations: (ids) => byIds('ORDER BY reservation_id FOR UPDATE', ids),
    lockOwed: (orderId) =>
      reservations('order_id = ? AND owed > 0 ORDER BY create_time FOR UPDATE', [orderId]),
    lockOverdue: (now, limit) =>
      reservations(
        `state = 'held' AND expire_time <= ? ORDER BY expire_time LIMIT ? FOR UPDATE SKIP LOCKED`,
        [now, limit],
      ),
    async extend({ reservationId, expireTime, version }) {
      await trx.raw('UPDATE reservations SET expire_time = ?, version = ? WHERE reservation_id = ?', [
        expireTime,
        String(version),
        reservationId,
      ]);
    },
    async openReturn(returnId, orderId, units) {
      const made = await trx.raw<{ rows: unknown[] }>(
        `INSERT INTO restocks (return_id, order_id, units, create_time) VALUES (?, ?, ?::jsonb, now())
         ON CONFLICT (return_id) DO NOTHING RETURNING 1`,
        [returnId, orderId, JSON.stringify(units)],
      );
      if (made.rows.length > 0) return undefined;
      const booked = await trx.raw<{ rows: { units: BookedUnits[] }[] }>(
        'SELECT units FROM restocks WHERE return_id = ?',
        [returnId],
      );
      return (booked.rows[0]?.units ?? []).map((unit) => ({ locationId: DEFAULT_LOCATION, ...unit }));
    },
    async post(posting) {
      const { levels, positions: taken, facts } = await prepare(posting, positions);
      const result = await trx
        .raw<{ rows: { is_open: boolean }[] }>(POST.text, postValues(posting, levels, taken, '[]'))
        .options({ name: POST.name });
      if (result.rows[0]?.is_open !== true) return undefined;
      await appendOutbox(trx, facts.map(toEvent));
      return [...levels];
    },
    tell: (facts) => appendOutbox(trx, facts.map(toEvent)),
    records: warehouseRecords(trx),
    async once(key, effect) {
      const response = await onceByRequestId(trx, { ...key, schema: codec.schema }, async () =>
        codec.encode(await effect()),
      );
      return codec.decode(response);
    },
  };
}

/** Units of a return as they are stored; those from before there were locations do not name one. */
type BookedUnits = Omit<ReturnedUnits, 'locationId'> & Partial<Pick<ReturnedUnits, 'locationId'>>;
