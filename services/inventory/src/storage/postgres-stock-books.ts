import type { DescMessage } from '@bufbuild/protobuf';
import type { Envelope } from '@souk/messaging';
import { isUniqueViolation, outboxRows, type Sql } from '@souk/sql';
import type { StockBooks } from '../app/ports.ts';
import type { InventoryFact } from '../domain/fact.ts';
import { booksTransaction, type LevelsCodec } from './books-transaction.ts';
import { checkLedger, levelsOf, listMovements, pageLevels } from './ledger-queries.ts';
import { positionsFrom } from './positions.ts';
import { prepare } from './post-movements.ts';
import { POST, postValues } from './posting-statement.ts';
import { stockHistories } from './stock-histories.ts';
import { type ReservationRow, toReservation } from './rows.ts';

const NEXT_BLOCK = { name: 'movement-block', text: "SELECT nextval('movement_blocks') AS block" };

const ARE_CURRENT = {
  name: 'levels-current',
  text: `SELECT count(*) = ?::int AS are_current FROM stock
         JOIN unnest(?::text[], ?::text[], ?::bigint[]) AS known(sku, location_id, version)
         USING (sku, location_id, version)`,
};

const RESERVATIONS = {
  name: 'reservations-by-id',
  text: 'SELECT * FROM reservations WHERE reservation_id = ANY(?::uuid[])',
};

const FILLABLE = {
  name: 'fillable-reservations',
  text: `SELECT reservation_id FROM reservations
         WHERE owed > 0 AND EXISTS (
           SELECT FROM jsonb_to_recordset(lines) AS line(sku text, "locationId" text, backordered int)
           JOIN stock ON stock.sku = line.sku AND stock.location_id = line."locationId"
           WHERE line.backordered > 0 AND on_hand - stock.reserved - safety_stock > 0)
         ORDER BY create_time LIMIT ?`,
};

/** The books in PostgreSQL. `toEvent` turns a fact into the message that is stored beside the change. */
export function postgresStockBooks<Desc extends DescMessage>(
  sql: Sql,
  toEvent: (fact: InventoryFact) => Envelope,
  codec: LevelsCodec<Desc>,
): StockBooks {
  const positions = positionsFrom(async () => {
    const [row] = await sql.run<{ block: bigint }>(NEXT_BLOCK, []);
    if (row === undefined) throw new Error('the sequence of blocks did not answer');
    return row.block;
  });
  return {
    transact: (work) => sql.transaction((trx) => work(booksTransaction(trx, positions, toEvent, codec))),
    async tryPost(posting) {
      const { levels, positions: taken, facts } = await prepare(posting, positions);
      const values = postValues(posting, levels, taken, outboxRows(facts.map(toEvent)));
      try {
        const [gate] = await sql.run<{ is_open: boolean }>(POST, values, { appends: true });
        return gate?.is_open === true ? [...levels] : undefined;
      } catch (error) {
        // Somebody else made the same reservation between the look and the write.
        if (isUniqueViolation(error)) return undefined;
        throw error;
      }
    },
    async areCurrent(levels) {
      const [row] = await sql.run<{ are_current: boolean }>(ARE_CURRENT, [
        levels.length,
        levels.map(({ sku }) => sku),
        levels.map(({ locationId }) => locationId),
        levels.map(({ version }) => String(version)),
      ]);
      return row?.are_current === true;
    },
    listMovements: (query) => listMovements(sql.knex, query),
    checkLedger: (after, limit) => checkLedger(sql.knex, after, limit),
    pageLevels: (after, limit) => pageLevels(sql.knex, after, limit),
    levelsOf: (skus) => levelsOf(sql, skus),
    async findReservations(ids) {
      const rows = await sql.run<ReservationRow>(RESERVATIONS, [[...ids]]);
      return new Map(rows.map((row) => [row.reservation_id, toReservation(row)]));
    },
    histories: stockHistories(sql.knex),
    async findFillable(limit) {
      const rows = await sql.run<{ reservation_id: string }>(FILLABLE, [limit]);
      return rows.map((row) => row.reservation_id);
    },
  };
}
