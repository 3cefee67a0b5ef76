import { alreadyExists, newId, precondition } from '@souk/kernel';
import { type Demand, demandOf, isSameDemand, requireAvailable } from './demand.ts';
import { type Movement, type MovementKind, movement } from './movement.ts';
import type { Stock } from './stock.ts';

/** States of a reservation. Only `held` changes, once. */
export const RESERVATION_STATES = ['held', 'committed', 'released', 'expired'] as const;

/** Where a reservation stands. */
export type ReservationState = (typeof RESERVATION_STATES)[number];

/** How a reservation ends. */
export type ReservationEnd = Exclude<ReservationState, 'held'>;

/** Units of one SKU held at one location. */
export interface ReservedLine {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Stock held for one order. One that never held anything has no lines: it bars the order from reserving later. */
export interface Reservation {
  readonly reservationId: string;
  readonly orderId: string;
  readonly lines: readonly ReservedLine[];
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
  orderId: string,
  stock: Stock,
  demand: Demand,
  now: Date,
  ttlMs: number,
): ReservationChange {
  const lines = requireAvailable(stock, demand).map(({ sku, locationId }) => ({
    sku,
    locationId,
    quantity: demand.get(sku) ?? 0,
  }));
  return {
    reservation: {
      reservationId: newId(),
      orderId,
      lines,
      state: 'held',
      version: 1n,
      createTime: now,
      expireTime: new Date(now.getTime() + ttlMs),
    },
    movements: lines.map((line) => movement('reservation', line, orderId, { reservedDelta: line.quantity })),
  };
}

/** A reservation that holds nothing and never will, for an order that gave up before it reserved. */
export function barred(orderId: string, now: Date): Reservation {
  return {
    reservationId: newId(),
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
export function reservedAgain(reservation: Reservation, demand: Demand): Reservation {
  const { state } = reservation;
  if (state === 'released' || state === 'expired') throw hasEnded(state);
  if (!isSameDemand(demandOf(reservation.lines), demand)) {
    throw alreadyExists('RESERVATION_CONFLICT', 'The order has a reservation with other lines.');
  }
  return reservation;
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
    movements: lines.map((line) =>
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
