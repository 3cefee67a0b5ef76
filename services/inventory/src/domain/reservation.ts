import { alreadyExists, precondition } from '@souk/kernel';
import { demandOf, isSameDemand, requireAvailable, type StockLine } from './demand.ts';
import { type Movement, type MovementKind, movement } from './movement.ts';
import type { Stock } from './stock.ts';

/** States of a reservation. Only `held` changes, once. */
export const RESERVATION_STATES = ['held', 'committed', 'released', 'expired'] as const;

/** Where a reservation stands. */
export type ReservationState = (typeof RESERVATION_STATES)[number];

/** How a reservation ends. */
export type ReservationEnd = Exclude<ReservationState, 'held'>;

/** Units of one SKU held at one location for one line of the caller. */
export interface Allocation {
  /** The caller's line; empty if it named none. */
  readonly lineId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Which reservation: an order's first has the order's id, further ones have ids of their own. */
export interface ReservationKey {
  readonly orderId: string;
  readonly reservationId: string;
}

/** Stock held for an order. One that never held anything has no lines: it bars the order from reserving later. */
export interface Reservation {
  readonly reservationId: string;
  readonly orderId: string;
  readonly lines: readonly Allocation[];
  readonly state: ReservationState;
  readonly version: bigint;
  readonly createTime: Date;
  readonly expireTime: Date;
}

/** A reservation with the movements that bring it about. */
export interface ReservationChange {
  readonly reservation: Reservation;
  readonly movements: readonly Movement[];
}

/**
 * Holds what an order wants, all of it or nothing.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT
 */
export function hold(
  key: ReservationKey,
  stock: Stock,
  wanted: readonly StockLine[],
  now: Date,
  ttlMs: number,
): ReservationChange {
  const { orderId, reservationId } = key;
  const demand = demandOf(wanted);
  const levels = new Map(requireAvailable(stock, demand).map((level) => [level.sku, level]));
  const lines = mergedLines(wanted).flatMap(({ lineId, sku, quantity }) => {
    const level = levels.get(sku);
    return level === undefined ? [] : [{ lineId, sku, locationId: level.locationId, quantity }];
  });
  return {
    reservation: {
      reservationId,
      orderId,
      lines,
      state: 'held',
      version: 1n,
      createTime: now,
      expireTime: new Date(now.getTime() + ttlMs),
    },
    movements: unitsOf(lines).map((line) =>
      movement('reservation', line, orderId, { reservedDelta: line.quantity }),
    ),
  };
}

/** Lines of the same name and SKU as one, in the order of SKUs. */
function mergedLines(wanted: readonly StockLine[]): Required<StockLine>[] {
  const merged = new Map<string, Required<StockLine>>();
  for (const { sku, quantity, lineId = '' } of wanted) {
    const key = `${lineId} ${sku}`;
    merged.set(key, { sku, lineId, quantity: quantity + (merged.get(key)?.quantity ?? 0) });
  }
  return [...merged.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** What is held where, the lines of one SKU and location added up. */
export function unitsOf(lines: readonly Allocation[]): Omit<Allocation, 'lineId'>[] {
  const sums = new Map<string, Omit<Allocation, 'lineId'>>();
  for (const { sku, locationId, quantity } of lines) {
    const key = `${locationId} ${sku}`;
    sums.set(key, { sku, locationId, quantity: quantity + (sums.get(key)?.quantity ?? 0) });
  }
  return [...sums.values()];
}

/** A reservation that holds nothing and never will, for an order that gave up before it reserved. */
export function barred({ orderId, reservationId }: ReservationKey, now: Date): Reservation {
  return {
    reservationId,
    orderId,
    lines: [],
    state: 'released',
    version: 1n,
    createTime: now,
    expireTime: now,
  };
}

/**
 * What an order that has a reservation gets when it reserves again: the same, if it wants the same.
 * @throws DomainError RESERVATION_CONFLICT, RESERVATION_EXPIRED, RESERVATION_RELEASED
 */
export function reservedAgain(
  reservation: Reservation,
  orderId: string,
  wanted: readonly StockLine[],
): Reservation {
  const { state } = reservation;
  if (state === 'released' || state === 'expired') throw hasEnded(state);
  const isSame =
    reservation.orderId === orderId && isSameDemand(demandOf(reservation.lines), demandOf(wanted));
  if (!isSame) throw alreadyExists('RESERVATION_CONFLICT', 'There is such a reservation with other lines.');
  return reservation;
}

/**
 * Lets a held reservation run for at least so long from now; it never becomes shorter.
 * @returns the reservation, changed or as it was.
 * @throws DomainError RESERVATION_EXPIRED, RESERVATION_RELEASED, RESERVATION_COMMITTED
 */
export function extended(reservation: Reservation, now: Date, ttlMs: number): Reservation {
  if (reservation.state !== 'held') throw hasEnded(reservation.state);
  const expireTime = new Date(now.getTime() + ttlMs);
  if (expireTime <= reservation.expireTime) return reservation;
  return { ...reservation, expireTime, version: reservation.version + 1n };
}

const MOVEMENT_OF: Readonly<Record<ReservationEnd, MovementKind>> = {
  committed: 'commitment',
  released: 'release',
  expired: 'expiry',
};

/**
 * Ends a reservation: sold units leave the stock, others are no longer held.
 *
 * Ending it the same way again changes nothing; releasing one that expired neither. A reservation that is past its time
 * but still held may be sold: nobody else has got the units.
 * @returns the change, or undefined if there is nothing to do.
 * @throws DomainError RESERVATION_EXPIRED, RESERVATION_RELEASED, RESERVATION_COMMITTED when it ended another way.
 */
export function end(reservation: Reservation, as: ReservationEnd): ReservationChange | undefined {
  const { state, lines, orderId } = reservation;
  if (state === as || (state === 'expired' && as === 'released')) return undefined;
  if (state !== 'held') throw hasEnded(state);
  return {
    reservation: { ...reservation, state: as, version: reservation.version + 1n },
    movements: unitsOf(lines).map((line) =>
      movement(MOVEMENT_OF[as], line, orderId, {
        reservedDelta: -line.quantity,
        onHandDelta: as === 'committed' ? -line.quantity : 0,
      }),
    ),
  };
}

const ENDED = {
  committed: ['RESERVATION_COMMITTED', 'The reservation has been sold.'],
  released: ['RESERVATION_RELEASED', 'The reservation has been given back.'],
  expired: ['RESERVATION_EXPIRED', 'The reservation has run out of time.'],
} as const;

function hasEnded(state: ReservationEnd): Error {
  const [reason, message] = ENDED[state];
  return precondition(reason, message);
}
