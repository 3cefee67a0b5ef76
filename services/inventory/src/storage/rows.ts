import { ADJUSTMENT_REASONS, type LedgerEntry, MOVEMENT_KINDS } from '../domain/movement.ts';
import { type Allocation, RESERVATION_STATES, type Reservation, unitsOf } from '../domain/reservation.ts';
import { BACKORDER_MODES, type StockLevel } from '../domain/stock.ts';

/** A row of `stock`. */
export interface StockRow {
  readonly sku: string;
  readonly location_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly incoming: number;
  readonly backordered: number;
  readonly safety_stock: number;
  readonly backorder_mode: string;
  readonly backorder_limit: number;
  readonly expect_time: Date | null;
  readonly low_stock_at: number | null;
  readonly overstock_at: number | null;
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
  readonly incoming_delta: number;
  readonly backordered_delta: number;
  readonly reference: string;
  readonly reason: string | null;
  readonly actor_id: string;
  readonly create_time: Date;
}

/** A row of `reservations`. Those from before kits and promises say less about their lines. */
export interface ReservationRow {
  readonly reservation_id: string;
  readonly order_id: string;
  readonly lines: readonly (Pick<Allocation, 'sku' | 'locationId' | 'quantity'> & Partial<Allocation>)[];
  readonly wanted: Readonly<Record<string, number>> | null;
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
    incoming: row.incoming,
    backordered: row.backordered,
    safetyStock: row.safety_stock,
    backorderMode: oneOf(BACKORDER_MODES, row.backorder_mode),
    backorderLimit: row.backorder_limit,
    expectTime: row.expect_time ?? undefined,
    lowStockAt: row.low_stock_at ?? undefined,
    overstockAt: row.overstock_at ?? undefined,
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
    incomingDelta: row.incoming_delta,
    backorderedDelta: row.backordered_delta,
    reference: row.reference,
    reason: row.reason === null ? undefined : oneOf(ADJUSTMENT_REASONS, row.reason),
    actorId: row.actor_id,
    createTime: row.create_time,
  };
}

/** The reservation that a row holds. */
export function toReservation(row: ReservationRow): Reservation {
  const lines = row.lines.map((line) => ({ lineId: '', kitSku: '', backordered: 0, ...line }));
  const wanted =
    row.wanted === null ? unitsOf(lines).map((units) => [units.sku, units.quantity] as const) : [];
  return {
    reservationId: row.reservation_id,
    orderId: row.order_id,
    lines,
    wanted: new Map(row.wanted === null ? wanted : Object.entries(row.wanted)),
    state: oneOf(RESERVATION_STATES, row.state),
    version: row.version,
    createTime: row.create_time,
    expireTime: row.expire_time,
  };
}

/** The one of several values that a text is. @throws Error if it is none of them. */
export function oneOf<T extends string>(values: readonly T[], text: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new Error(`${text} is none of ${values.join(', ')}`);
  return value;
}
