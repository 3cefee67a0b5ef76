import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, onceByRequestId, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { BooksTransaction, Posting, StockBooks } from '../app/ports.ts';
import type { InventoryFact } from '../domain/fact.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReturnedUnits } from '../domain/restock.ts';
import { DEFAULT_LOCATION, type Stock, type StockLevel } from '../domain/stock.ts';
import { checkLedger, levelsOf, listMovements, pageLevels } from './ledger-queries.ts';
import { postMovements } from './post-movements.ts';
import { type ReservationRow, type StockRow, toLevel, toReservation } from './rows.ts';

/** How the response of a stock change is stored for replay. */
export interface LevelsCodec<Desc extends DescMessage> {
  readonly schema: Desc;
  encode(levels: readonly StockLevel[]): MessageShape<Desc>;
  decode(message: MessageShape<Desc>): StockLevel[];
}

/** The books in PostgreSQL. `toEvent` turns a fact into the message that is stored beside the change. */
export function postgresStockBooks<Desc extends DescMessage>(
  sql: Sql,
  toEvent: (fact: InventoryFact) => Envelope,
  codec: LevelsCodec<Desc>,
): StockBooks {
  return {
    transact: (work) => sql.transaction((trx) => work(transaction(trx, toEvent, codec))),
    listMovements: (query) => listMovements(sql.knex, query),
    checkLedger: (after, limit) => checkLedger(sql.knex, after, limit),
    pageLevels: (after, limit) => pageLevels(sql.knex, after, limit),
    levelsOf: (skus) => levelsOf(sql.knex, skus),
    findReservation: async (reservationId) => {
      const result = await sql.knex.raw<{ rows: ReservationRow[] }>(
        'SELECT * FROM reservations WHERE reservation_id = ?',
        [reservationId],
      );
      return result.rows.map(toReservation)[0];
    },
  };
}

function transaction<Desc extends DescMessage>(
  trx: Knex.Transaction,
  toEvent: (fact: InventoryFact) => Envelope,
  codec: LevelsCodec<Desc>,
): BooksTransaction {
  const lockLevels = async (skus: readonly string[]): Promise<Stock> => {
    if (skus.length === 0) return new Map();
    const result = await trx.raw<{ rows: StockRow[] }>(
      'SELECT * FROM stock WHERE sku = ANY(?::text[]) AND location_id = ? ORDER BY sku FOR UPDATE',
      [[...skus], DEFAULT_LOCATION],
    );
    return new Map(result.rows.map((row) => [row.sku, toLevel(row)]));
  };
  const reservations = async (
    tail: string,
    reservationIds: readonly string[],
  ): Promise<Map<string, Reservation>> => {
    const result = await trx.raw<{ rows: ReservationRow[] }>(
      `SELECT * FROM reservations WHERE reservation_id = ANY(?::uuid[]) ${tail}`,
      [[...reservationIds]],
    );
    return new Map(result.rows.map((row) => [row.reservation_id, toReservation(row)]));
  };

  return {
    lockLevels,
    async openLevels(skus) {
      await trx.raw(
        `INSERT INTO stock (sku, location_id) SELECT sku, ? FROM unnest(?::text[]) AS sku ORDER BY sku COLLATE "C"
         ON CONFLICT DO NOTHING`,
        [DEFAULT_LOCATION, [...skus]],
      );
      return lockLevels(skus);
    },
    findReservations: (ids) => reservations('', ids),
    lockReservations: (ids) => reservations('ORDER BY reservation_id FOR UPDATE', ids),
    async extend({ reservationId, expireTime, version }) {
      await trx.raw('UPDATE reservations SET expire_time = ?, version = ? WHERE reservation_id = ?', [
        expireTime,
        String(version),
        reservationId,
      ]);
    },
    async lockOverdue(now, limit) {
      const result = await trx.raw<{ rows: ReservationRow[] }>(
        `SELECT * FROM reservations WHERE state = 'held' AND expire_time <= ?
         ORDER BY expire_time LIMIT ? FOR UPDATE SKIP LOCKED`,
        [now, limit],
      );
      return result.rows.map(toReservation);
    },
    async findReturn(returnId) {
      const result = await trx.raw<{ rows: { units: ReturnedUnits[] }[] }>(
        'SELECT units FROM restocks WHERE return_id = ?',
        [returnId],
      );
      return result.rows[0]?.units;
    },
    async post(posting) {
      const levels = await postMovements(trx, posting);
      if (levels !== undefined) await appendOutbox(trx, factsOf(posting, levels).map(toEvent));
      return levels;
    },
    async once(key, effect) {
      const response = await onceByRequestId(trx, { ...key, schema: codec.schema }, async () =>
        codec.encode(await effect()),
      );
      return codec.decode(response);
    },
  };
}

function factsOf({ with: reason, time }: Posting, levels: readonly StockLevel[]): InventoryFact[] {
  const reservations =
    reason === undefined
      ? []
      : 'newReservations' in reason
        ? reason.newReservations
        : 'endedReservations' in reason
          ? reason.endedReservations
          : [];
  return [
    ...levels.map((level) => ({ type: 'stock-changed' as const, level })),
    ...reservations.map((reservation) => ({ type: 'reservation-changed' as const, reservation, time })),
  ];
}
