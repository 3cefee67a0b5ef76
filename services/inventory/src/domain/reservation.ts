import { alreadyExists, precondition } from '@souk/kernel';
import { type AllocationRules, allocate, type Pick } from './allocation.ts';
import {
  type Demand,
  demandOf,
  isSameDemand,
  type StockLine,
  type WantedLine,
  wantedLines,
} from './demand.ts';
import type { KitComponent } from './location.ts';
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
  /** Units, promised ones included. */
  readonly quantity: number;
  /** How many of them are promised, but not there yet. */
  readonly backordered: number;
  /** The kit that they are part of; empty if none. */
  readonly kitSku: string;
}

/** Which reservation: an order's first has the order's id, further ones have ids of their own. */
export interface ReservationKey {
  readonly orderId: string;
  readonly reservationId: string;
}

/** Stock held for an order. One that never held anything has no lines: it bars the order from reserving later. */
export interface Reservation extends ReservationKey {
  readonly lines: readonly Allocation[];
  /** What was asked for, kits as such. */
  readonly wanted: Demand;
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

/** By what stock is held. */
export interface HoldRules extends AllocationRules {
  readonly kits: ReadonlyMap<string, readonly KitComponent[]>;
  readonly ttlMs: number;
}

/**
 * Holds what an order wants, all of it or nothing.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT
 */
export function hold(
  { orderId, reservationId }: ReservationKey,
  stock: Stock,
  asked: readonly StockLine[],
  rules: HoldRules,
  now: Date,
): ReservationChange {
  const wanted = wantedLines(asked, rules.kits);
  const lines = distribute(wanted, allocate(stock, demandOf(wanted), rules));
  return {
    reservation: {
      reservationId,
      orderId,
      lines,
      wanted: demandOf(asked),
      state: 'held',
      version: 1n,
      createTime: now,
      expireTime: new Date(now.getTime() + rules.ttlMs),
    },
    movements: unitsOf(lines).map((units) =>
      movement('reservation', units, orderId, {
        reservedDelta: units.quantity - units.backordered,
        backorderedDelta: units.backordered,
      }),
    ),
  };
}

/** Gives each line its share of what was picked. */
function distribute(wanted: readonly WantedLine[], picks: readonly Pick[]): Allocation[] {
  const left = new Map<string, Pick[]>();
  for (const pick of picks) left.set(pick.sku, [...(left.get(pick.sku) ?? []), pick]);
  return wanted.flatMap(({ lineId, sku, kitSku, quantity }) => {
    const shares: Allocation[] = [];
    for (let missing = quantity; missing > 0; ) {
      const [pick, ...others] = left.get(sku) ?? [];
      if (pick === undefined) throw new Error(`fewer of ${sku} picked than wanted`);
      const share = Math.min(missing, pick.quantity);
      const isPromise = pick.backordered > 0;
      shares.push({
        lineId,
        sku,
        kitSku,
        locationId: pick.locationId,
        quantity: share,
        backordered: isPromise ? share : 0,
      });
      const rest = pick.quantity - share;
      left.set(
        sku,
        rest === 0 ? others : [{ ...pick, quantity: rest, backordered: isPromise ? rest : 0 }, ...others],
      );
      missing -= share;
    }
    return shares;
  });
}

/** What is held where, the lines of one SKU and location added up. */
export function unitsOf(lines: readonly Allocation[]): Pick[] {
  const sums = new Map<string, Pick>();
  for (const { sku, locationId, quantity, backordered } of lines) {
    const key = `${locationId} ${sku}`;
    const sum = sums.get(key);
    sums.set(key, {
      sku,
      locationId,
      quantity: quantity + (sum?.quantity ?? 0),
      backordered: backordered + (sum?.backordered ?? 0),
    });
  }
  return [...sums.values()];
}

/** A reservation that holds nothing and never will, for an order that gave up before it reserved. */
export function barred({ orderId, reservationId }: ReservationKey, now: Date): Reservation {
  return {
    reservationId,
    orderId,
    lines: [],
    wanted: new Map(),
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
  asked: readonly StockLine[],
): Reservation {
  const { state } = reservation;
  if (state === 'released' || state === 'expired') throw hasEnded(state);
  const isSame = reservation.orderId === orderId && isSameDemand(reservation.wanted, demandOf(asked));
  if (!isSame) {
    throw alreadyExists('RESERVATION_CONFLICT', 'There is such a reservation with other lines.');
  }
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
 * Ends a reservation: sold units leave the stock, others are no longer held. What was promised stays promised when it is
 * sold, and leaves when it comes.
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
  const isSale = as === 'committed';
  return {
    reservation: {
      ...reservation,
      state: as,
      version: reservation.version + 1n,
    },
    movements: unitsOf(lines).flatMap((units) => {
      const held = units.quantity - units.backordered;
      if (isSale && held === 0) return [];
      return movement(MOVEMENT_OF[as], units, orderId, {
        reservedDelta: -held,
        onHandDelta: isSale ? -held : 0,
        backorderedDelta: isSale ? 0 : -units.backordered,
      });
    }),
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
