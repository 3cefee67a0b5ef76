import { ADJUSTMENT_REASONS, type LedgerEntry, MOVEMENT_KINDS } from '../domain/movement.ts';
import { RESERVATION_STATES, type Reservation, type Allocation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stock.ts';

/** A row of `stock`. */
export interface StockRow {
  readonly sku: string;
  readonly location_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly version: bigint;
  readonly position: bigint;
  readonly update_time: Date;
}

/** A row of `movements`. */
export interface MovementRow {
  readonly position: bigint;
  readonly sku: string;
  readonly location_id: string;
  readonly kind: string;
  readonly on_hand_delta: number;
  readonly reserved_delta: number;
  readonly damaged_delta: number;
  readonly reference: string;
  readonly reason: string | null;
  readonly actor_id: string;
  readonly create_time: Date;
}

/** A row of `reservations`. */
export interface ReservationRow {
  readonly reservation_id: string;
  readonly order_id: string;
  readonly lines: readonly (Omit<Allocation, 'lineId'> & Partial<Allocation>)[];
  readonly state: string;
  readonly version: bigint;
  readonly create_time: Date;
  readonly expire_time: Date;
}

/** The level that a row holds. */
export function toLevel(row: StockRow): StockLevel {
  return {
    sku: row.sku,
    locationId: row.location_id,
    onHand: row.on_hand,
    reserved: row.reserved,
    damaged: row.damaged,
    version: row.version,
    position: row.position,
    updateTime: row.update_time,
  };
}

/** The ledger entry that a row holds. */
export function toEntry(row: MovementRow): LedgerEntry {
  return {
    position: row.position,
    sku: row.sku,
    locationId: row.location_id,
    kind: oneOf(MOVEMENT_KINDS, row.kind),
    onHandDelta: row.on_hand_delta,
    reservedDelta: row.reserved_delta,
    damagedDelta: row.damaged_delta,
    reference: row.reference,
    reason: row.reason === null ? undefined : oneOf(ADJUSTMENT_REASONS, row.reason),
    actorId: row.actor_id,
    createTime: row.create_time,
  };
}

/** The reservation that a row holds. */
export function toReservation(row: ReservationRow): Reservation {
  return {
    reservationId: row.reservation_id,
    orderId: row.order_id,
    lines: row.lines.map((line) => ({ ...line, lineId: line.lineId ?? '' })),
    state: oneOf(RESERVATION_STATES, row.state),
    version: row.version,
    createTime: row.create_time,
    expireTime: row.expire_time,
  };
}

function oneOf<T extends string>(values: readonly T[], text: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new Error(`${text} is none of ${values.join(', ')}`);
  return value;
}
