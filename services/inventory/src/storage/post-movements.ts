import type { Knex } from 'knex';
import type { Posting } from '../app/ports.ts';
import { afterMovements, type StockLevel } from '../domain/stock.ts';

/** A piece of a statement with what is bound to it. */
interface Fragment {
  readonly text: string;
  readonly bindings: readonly Knex.RawBinding[];
}

/** What is written once only. It is open if it has so many rows. */
interface Gate extends Fragment {
  readonly rows: number;
}

/**
 * Writes movements, the levels they make and what goes with them in one statement. All of it hangs on the gate: the rows
 * that make it once-only. If one of them was there already, no movement is written.
 * @returns the levels with their new positions; undefined if the gate was shut.
 */
export async function postMovements(
  trx: Knex.Transaction,
  posting: Posting,
): Promise<StockLevel[] | undefined> {
  const levels = afterMovements(posting.stock, posting.movements, posting.time);
  const gate = gateOf(posting);
  const moved = movedOf(posting, gate.rows);
  const result = await trx.raw<{ rows: PostedRow[] }>(
    `WITH gate AS (${gate.text}),
     moved AS (${moved.text}),
     last AS (SELECT sku, location_id, max(position) AS position FROM moved GROUP BY sku, location_id),
     changed AS (
       UPDATE stock SET on_hand = new.on_hand, reserved = new.reserved, damaged = new.damaged, version = new.version,
                        position = last.position, update_time = ?::timestamptz
       FROM unnest(?::text[], ?::text[], ?::int[], ?::int[], ?::int[], ?::bigint[])
              AS new(sku, location_id, on_hand, reserved, damaged, version)
       JOIN last USING (sku, location_id)
       WHERE stock.sku = new.sku AND stock.location_id = new.location_id
       RETURNING stock.sku, stock.location_id, stock.position)
     SELECT (SELECT count(*) FROM gate) = ? AS is_open, sku, location_id, position
     FROM (SELECT) AS always LEFT JOIN changed ON true`,
    [
      ...gate.bindings,
      ...moved.bindings,
      posting.time,
      levels.map((level) => level.sku),
      levels.map((level) => level.locationId),
      levels.map((level) => level.onHand),
      levels.map((level) => level.reserved),
      levels.map((level) => level.damaged),
      levels.map((level) => String(level.version)),
      gate.rows,
    ],
  );
  if (result.rows[0]?.is_open !== true) return undefined;
  const positions = new Map(
    result.rows.map((row) => [`${row.location_id ?? ''} ${row.sku ?? ''}`, row.position]),
  );
  return levels.map((level) => {
    const position = positions.get(`${level.locationId} ${level.sku}`);
    if (position === undefined || position === null) throw new Error(`level of ${level.sku} was not written`);
    return { ...level, position };
  });
}

interface PostedRow {
  readonly is_open: boolean;
  readonly sku: string | null;
  readonly location_id: string | null;
  readonly position: bigint | null;
}

function movedOf({ movements, time, actorId }: Posting, gateRows: number): Fragment {
  return {
    text: `INSERT INTO movements (sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, reference,
                                  reason, actor_id, request_id, create_time)
           SELECT sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, reference, NULLIF(reason, ''),
                  ?, request_id, ?::timestamptz
           FROM unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[])
             WITH ORDINALITY AS movement(sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta,
                                         reference, reason, request_id, place)
           WHERE (SELECT count(*) FROM gate) = ? ORDER BY place
           RETURNING sku, location_id, position`,
    bindings: [
      actorId,
      time,
      movements.map((movement) => movement.sku),
      movements.map((movement) => movement.locationId),
      movements.map((movement) => movement.kind),
      movements.map((movement) => movement.onHandDelta),
      movements.map((movement) => movement.reservedDelta),
      movements.map((movement) => movement.damagedDelta),
      movements.map((movement) => movement.reference),
      movements.map((movement) => movement.reason ?? ''),
      movements.map((movement) => movement.requestId),
      gateRows,
    ],
  };
}

function gateOf({ with: reason, time }: Posting): Gate {
  if (reason === undefined) return { text: 'SELECT 1', bindings: [], rows: 1 };
  if ('newReservations' in reason) {
    const made = reason.newReservations;
    return {
      // In the order of ids, so that two batches with the same orders do not wait for each other in a circle.
      text: `INSERT INTO reservations (reservation_id, order_id, lines, state, version, create_time, expire_time)
             SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::jsonb[], ?::text[], ?::bigint[], ?::timestamptz[],
                                  ?::timestamptz[])
                      AS made(reservation_id, order_id, lines, state, version, create_time, expire_time)
             ORDER BY reservation_id ON CONFLICT (reservation_id) DO NOTHING RETURNING 1`,
      bindings: [
        made.map((reservation) => reservation.reservationId),
        made.map((reservation) => reservation.orderId),
        made.map((reservation) => JSON.stringify(reservation.lines)),
        made.map((reservation) => reservation.state),
        made.map((reservation) => String(reservation.version)),
        made.map((reservation) => reservation.createTime),
        made.map((reservation) => reservation.expireTime),
      ],
      rows: made.length,
    };
  }
  if ('endedReservations' in reason) {
    return {
      text: `UPDATE reservations SET state = ended.state, version = ended.version
             FROM unnest(?::uuid[], ?::text[], ?::bigint[]) AS ended(reservation_id, state, version)
             WHERE reservations.reservation_id = ended.reservation_id RETURNING 1`,
      bindings: [
        reason.endedReservations.map((reservation) => reservation.reservationId),
        reason.endedReservations.map((reservation) => reservation.state),
        reason.endedReservations.map((reservation) => String(reservation.version)),
      ],
      rows: reason.endedReservations.length,
    };
  }
  return {
    text: `INSERT INTO restocks (return_id, order_id, units, create_time)
           VALUES (?, ?, ?::jsonb, ?) ON CONFLICT (return_id) DO NOTHING RETURNING 1`,
    bindings: [reason.returnId, reason.orderId, JSON.stringify(reason.units), time],
    rows: 1,
  };
}
