import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { LedgerBreakSchema } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { type ReservationSchema, ReservationState } from '@souk/gen/souk/inventory/v1/reservation_pb';
import {
  AdjustmentReason,
  type AvailabilitySchema,
  AvailabilityState,
  MovementKind,
  type MovementSchema,
  type StockLevelSchema,
} from '@souk/gen/souk/inventory/v1/stock_pb';
import type { LedgerCheck } from '../app/ports.ts';
import type { Availability } from '../domain/availability.ts';
import type { MovementKind as Kind, LedgerEntry, AdjustmentReason as Reason } from '../domain/movement.ts';
import { type Reservation, type ReservationState as State, unitsOf } from '../domain/reservation.ts';
import { availableOf, type StockLevel } from '../domain/stock.ts';

const STATES: Readonly<Record<State, ReservationState>> = {
  held: ReservationState.HELD,
  committed: ReservationState.COMMITTED,
  released: ReservationState.RELEASED,
  expired: ReservationState.EXPIRED,
};

const KINDS: Readonly<Record<Kind, MovementKind>> = {
  receipt: MovementKind.RECEIPT,
  reservation: MovementKind.RESERVATION,
  release: MovementKind.RELEASE,
  expiry: MovementKind.EXPIRY,
  commitment: MovementKind.COMMITMENT,
  return: MovementKind.RETURN,
  adjustment: MovementKind.ADJUSTMENT,
  damage: MovementKind.DAMAGE,
  transfer: MovementKind.TRANSFER,
  announcement: MovementKind.ANNOUNCEMENT,
  backorder: MovementKind.BACKORDER,
};

const REASONS: Readonly<Record<Reason, AdjustmentReason>> = {
  count: AdjustmentReason.COUNT,
  shrinkage: AdjustmentReason.SHRINKAGE,
  damage: AdjustmentReason.DAMAGE,
  correction: AdjustmentReason.CORRECTION,
};

/** A reservation as the contract shows it. */
export function reservationToProto(reservation: Reservation): MessageInitShape<typeof ReservationSchema> {
  return {
    reservationId: reservation.reservationId,
    orderId: reservation.orderId,
    lines: unitsOf(reservation.lines).map(({ sku, locationId, quantity }) => ({
      sku,
      locationId,
      quantity: BigInt(quantity),
    })),
    allocations: reservation.lines.map((line) => ({
      ...line,
      quantity: BigInt(line.quantity),
      backorderedQuantity: BigInt(line.backordered),
    })),
    state: STATES[reservation.state],
    createTime: timestampFromDate(reservation.createTime),
    expireTime: timestampFromDate(reservation.expireTime),
  };
}

/** Availability as the contract shows it. */
export function availabilityToProto(availability: Availability): MessageInitShape<typeof AvailabilitySchema> {
  const { sku, available, backorderable, expectTime, incoming, version, position, updateTime } = availability;
  return {
    sku,
    available: BigInt(available),
    state: stateOf(availability),
    backorderable: BigInt(backorderable),
    ...(expectTime && { expectTime: timestampFromDate(expectTime) }),
    incoming: BigInt(incoming),
    version,
    position,
    updateTime: timestampFromDate(updateTime),
  };
}

function stateOf({ available, backorderable, backorderMode }: Availability): AvailabilityState {
  if (available > 0) return AvailabilityState.IN_STOCK;
  if (backorderable <= 0) return AvailabilityState.OUT_OF_STOCK;
  return backorderMode === 'preorder' ? AvailabilityState.PREORDER : AvailabilityState.BACKORDER;
}

/** A stock level as the contract shows it. */
export function levelToProto(level: StockLevel): MessageInitShape<typeof StockLevelSchema> {
  return {
    sku: level.sku,
    locationId: level.locationId,
    onHand: BigInt(level.onHand),
    reserved: BigInt(level.reserved),
    available: BigInt(availableOf(level)),
    damaged: BigInt(level.damaged),
    incoming: BigInt(level.incoming),
    backordered: BigInt(level.backordered),
    safetyStock: BigInt(level.safetyStock),
    version: level.version,
    position: level.position,
    updateTime: timestampFromDate(level.updateTime),
  };
}

/** An entry of the ledger as the contract shows it. */
export function entryToProto(entry: LedgerEntry): MessageInitShape<typeof MovementSchema> {
  return {
    position: entry.position,
    sku: entry.sku,
    locationId: entry.locationId,
    kind: KINDS[entry.kind],
    onHandDelta: BigInt(entry.onHandDelta),
    reservedDelta: BigInt(entry.reservedDelta),
    damagedDelta: BigInt(entry.damagedDelta),
    incomingDelta: BigInt(entry.incomingDelta),
    backorderedDelta: BigInt(entry.backorderedDelta),
    reference: entry.reference,
    adjustmentReason: entry.reason === undefined ? AdjustmentReason.UNSPECIFIED : REASONS[entry.reason],
    actorId: entry.actorId,
    createTime: timestampFromDate(entry.createTime),
  };
}

/** A level that the ledger or the reservations contradict. */
export function breakToProto(check: LedgerCheck): MessageInitShape<typeof LedgerBreakSchema> {
  return {
    level: levelToProto(check.level),
    ledgerOnHand: BigInt(check.onHand),
    ledgerReserved: BigInt(check.reserved),
    ledgerDamaged: BigInt(check.damaged),
    ledgerIncoming: BigInt(check.incoming),
    ledgerBackordered: BigInt(check.backordered),
    heldByReservations: BigInt(check.held),
    owedByReservations: BigInt(check.owed),
  };
}
