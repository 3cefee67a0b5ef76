import { DomainError, notFound } from '@souk/kernel';
import type { StockLine } from '../domain/demand.ts';
import type { AllocationStrategy, Setup } from '../domain/location.ts';
import {
  end,
  hold,
  type Reservation,
  type ReservationChange,
  type ReservationKey,
  reservedAgain,
} from '../domain/reservation.ts';
import { afterMovements, replaceLevels, type Stock } from '../domain/stock.ts';
import type { CausedMovement, Posting } from './ports.ts';
import type { Outcome } from './sku-lanes.ts';

/** What to reserve. */
export interface ReserveStock extends ReservationKey {
  readonly do: 'reserve';
  readonly lines: readonly StockLine[];
  /** How long to hold it, in milliseconds; the default if undefined. */
  readonly ttlMs: number | undefined;
  /** How locations are chosen; the default if undefined. */
  readonly strategy: AllocationStrategy | undefined;
  /** Where the goods go; empty if it does not matter. */
  readonly region: string;
  readonly requestId: string;
}

/** Which reservation to end, and how. */
export interface EndReservation extends ReservationKey {
  readonly do: 'commit' | 'release';
  readonly requestId: string;
}

/** What an order asks of the stock. */
export type OrderCommand = ReserveStock | EndReservation;

/** What the decisions rest on. */
export interface Grounds {
  readonly stock: Stock;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly setup: Setup;
  readonly now: Date;
  readonly defaults: { readonly ttlMs: number; readonly strategy: AllocationStrategy };
}

/** What becomes of each command, and what is to be written for all of them together. */
export interface Decision {
  /** Undefined for a release of what there never was. */
  readonly outcomes: readonly Outcome<Reservation | undefined>[];
  /** Undefined if nothing changes. */
  readonly posting: Posting | undefined;
}

/**
 * Decides for one order after the other, in the order in which they came, on what the ones before have left.
 * Refusals: STOCK_INSUFFICIENT, SKU_UNKNOWN, RESERVATION_CONFLICT, RESERVATION_NOT_FOUND, RESERVATION_EXPIRED,
 * RESERVATION_RELEASED, RESERVATION_COMMITTED.
 */
export function decideOrders(commands: readonly OrderCommand[], grounds: Grounds): Decision {
  const { now, setup, defaults } = grounds;
  const left = new Map(grounds.stock);
  const reservations = new Map(grounds.reservations);
  const made = new Map<string, Reservation>();
  const changed = new Map<string, Reservation>();
  const movements: CausedMovement[] = [];
  const carryOut = ({ reservation, movements: moves }: ReservationChange, requestId: string): Reservation => {
    replaceLevels(left, afterMovements(left, moves, now));
    for (const move of moves) movements.push({ ...move, requestId });
    reservations.set(reservation.reservationId, reservation);
    return reservation;
  };
  const outcomes = commands.map((command) =>
    refusalOr((): Reservation | undefined => {
      const { orderId, reservationId, requestId } = command;
      const earlier = reservations.get(reservationId);
      if (command.do === 'reserve') {
        if (earlier !== undefined) return reservedAgain(earlier, orderId, command.lines);
        const rules = {
          locations: setup.locations,
          kits: setup.kits,
          strategy: command.strategy ?? defaults.strategy,
          region: command.region,
          ttlMs: command.ttlMs ?? defaults.ttlMs,
        };
        const reservation = carryOut(hold(command, left, command.lines, rules, now), requestId);
        made.set(reservationId, reservation);
        return reservation;
      }
      if (earlier?.orderId !== orderId) {
        if (command.do === 'release' && earlier === undefined) return undefined;
        throw unknownReservation();
      }
      const change = end(earlier, command.do === 'commit' ? 'committed' : 'released');
      if (change === undefined) return earlier;
      const reservation = carryOut(change, requestId);
      // What is made and ended in one batch is written as it ended.
      (made.has(reservationId) ? made : changed).set(reservationId, reservation);
      return reservation;
    }),
  );
  const isNothing = made.size === 0 && changed.size === 0;
  return {
    outcomes,
    posting: isNothing
      ? undefined
      : {
          movements,
          stock: grounds.stock,
          time: now,
          newReservations: [...made.values()],
          endedReservations: [...changed.values()],
          actorId: '',
        },
  };
}

/** The refusal of a call for a reservation that the order does not have. */
export function unknownReservation(): DomainError {
  return notFound('RESERVATION_NOT_FOUND', 'The order has no such reservation.');
}

function refusalOr<T>(decide: () => T): Outcome<T> {
  try {
    return decide();
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
}
