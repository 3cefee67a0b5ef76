import { appendToOutbox, type Statement } from '@souk/sql';
import type { Knex } from 'knex';
import type { Posting } from '../app/ports.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stock.ts';

const IS_OPEN = '(SELECT is_open FROM gate)';

/**
 * Writes a posting in one statement: movements, levels, reservations and outbox. All of it hangs on the gate: levels and
 * reservations must be of the versions that the decision rests on (locked here, in the order of their keys), and no new
 * reservation may be there already. If the gate is shut, nothing is written.
 */
export const POST: Statement = {
  name: 'post-movements',
  text: `
  WITH locked AS (
    SELECT FROM stock
    JOIN unnest(?::text[], ?::text[], ?::bigint[]) AS expected(sku, location_id, version) USING (sku, location_id, version)
    ORDER BY stock.sku, stock.location_id FOR UPDATE OF stock),
  known AS (
    SELECT FROM reservations
    JOIN unnest(?::uuid[], ?::bigint[]) AS expected(reservation_id, version) USING (reservation_id, version)
    ORDER BY reservations.reservation_id FOR UPDATE OF reservations),
  gate AS MATERIALIZED (
    SELECT (SELECT count(*) FROM locked) = ?::int AND (SELECT count(*) FROM known) = ?::int
       AND NOT EXISTS (SELECT FROM reservations WHERE reservation_id = ANY(?::uuid[])) AS is_open),
  made AS (
    INSERT INTO reservations (reservation_id, order_id, lines, wanted, owed, state, version, create_time, expire_time)
    SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::jsonb[], ?::jsonb[], ?::int[], ?::text[], ?::bigint[], ?::timestamptz[],
                         ?::timestamptz[])
             AS made(reservation_id, order_id, lines, wanted, owed, state, version, create_time, expire_time)
    WHERE ${IS_OPEN} ORDER BY reservation_id),
  ended AS (
    UPDATE reservations SET state = changed.state, version = changed.version, lines = changed.lines, owed = changed.owed
    FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::jsonb[], ?::int[])
           AS changed(reservation_id, state, version, lines, owed)
    WHERE reservations.reservation_id = changed.reservation_id AND ${IS_OPEN}),
  moved AS (
    INSERT INTO movements (position, sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, incoming_delta,
                           backordered_delta, reference, reason, actor_id, request_id, create_time)
    SELECT position, sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, incoming_delta,
           backordered_delta, reference, NULLIF(reason, ''), ?, request_id, ?::timestamptz
    FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::text[],
                ?::text[], ?::text[])
           AS movement(position, sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, incoming_delta,
                       backordered_delta, reference, reason, request_id)
    WHERE ${IS_OPEN}),
  changed AS (
    UPDATE stock SET on_hand = new.on_hand, reserved = new.reserved, damaged = new.damaged, incoming = new.incoming,
                     backordered = new.backordered, version = new.version, position = new.position,
                     update_time = ?::timestamptz
    FROM unnest(?::text[], ?::text[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::bigint[], ?::bigint[])
           AS new(sku, location_id, on_hand, reserved, damaged, incoming, backordered, version, position)
    WHERE stock.sku = new.sku AND stock.location_id = new.location_id AND ${IS_OPEN}),
  told AS (${appendToOutbox(IS_OPEN)})
  SELECT is_open FROM gate`,
};

/** What is bound to {@link POST}. */
export function postValues(
  posting: Posting,
  levels: readonly StockLevel[],
  positions: readonly bigint[],
  outbox: string,
): Knex.RawBinding[] {
  const { movements, newReservations: made = [] } = posting;
  const changed = [...(posting.endedReservations ?? []), ...(posting.amendedReservations ?? [])];
  const expected = [...posting.stock.values()].flat();
  return [
    expected.map(({ sku }) => sku),
    expected.map(({ locationId }) => locationId),
    expected.map(({ version }) => String(version)),
    changed.map(({ reservationId }) => reservationId),
    changed.map(({ version }) => String(version - 1n)),
    expected.length,
    changed.length,
    made.map(({ reservationId }) => reservationId),
    made.map(({ reservationId }) => reservationId),
    made.map(({ orderId }) => orderId),
    made.map(({ lines }) => JSON.stringify(lines)),
    made.map(({ wanted }) => JSON.stringify(Object.fromEntries(wanted))),
    made.map(owedOf),
    made.map(({ state }) => state),
    made.map(({ version }) => String(version)),
    made.map(({ createTime }) => createTime),
    made.map(({ expireTime }) => expireTime),
    changed.map(({ reservationId }) => reservationId),
    changed.map(({ state }) => state),
    changed.map(({ version }) => String(version)),
    changed.map(({ lines }) => JSON.stringify(lines)),
    changed.map(owedOf),
    posting.actorId,
    posting.time,
    positions.map(String),
    movements.map(({ sku }) => sku),
    movements.map(({ locationId }) => locationId),
    movements.map(({ kind }) => kind),
    movements.map(({ onHandDelta }) => onHandDelta),
    movements.map(({ reservedDelta }) => reservedDelta),
    movements.map(({ damagedDelta }) => damagedDelta),
    movements.map(({ incomingDelta }) => incomingDelta),
    movements.map(({ backorderedDelta }) => backorderedDelta),
    movements.map(({ reference }) => reference),
    movements.map(({ reason }) => reason ?? ''),
    movements.map(({ requestId }) => requestId),
    posting.time,
    levels.map(({ sku }) => sku),
    levels.map(({ locationId }) => locationId),
    levels.map(({ onHand }) => onHand),
    levels.map(({ reserved }) => reserved),
    levels.map(({ damaged }) => damaged),
    levels.map(({ incoming }) => incoming),
    levels.map(({ backordered }) => backordered),
    levels.map(({ version }) => String(version)),
    levels.map(({ position }) => String(position)),
    outbox,
  ];
}

/** Promised units of a reservation that still counts. */
function owedOf({ state, lines }: Reservation): number {
  if (state !== 'held' && state !== 'committed') return 0;
  return lines.reduce((sum, { backordered }) => sum + backordered, 0);
}
