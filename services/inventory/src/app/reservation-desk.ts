import { aborted } from '@souk/kernel';
import type { Reservation } from '../domain/reservation.ts';
import { batcher } from './batcher.ts';
import { barOrder, type EndReservation, endReservations } from './end-reservations.ts';
import type { InventoryPorts } from './ports.ts';
import { type ReserveStock, reserveStock } from './reserve-stock.ts';

/** Lines, or reservations, written in one transaction at most. */
const MAX_WEIGHT = 1_000;
/** More would only wait for each other's locks on a hot SKU. */
const CONCURRENCY = 2;

/** Which reservation to end. */
export type OrderCall = Omit<EndReservation, 'as'>;

/** Where orders reserve, buy and give back. Calls that come at the same time are written together. */
export interface ReservationDesk {
  /** @throws DomainError STOCK_INSUFFICIENT, SKU_UNKNOWN, RESERVATION_CONFLICT, RESERVATION_EXPIRED, RESERVATION_RELEASED */
  reserve(command: ReserveStock, signal: AbortSignal): Promise<Reservation>;
  /** @throws DomainError RESERVATION_NOT_FOUND, RESERVATION_EXPIRED, RESERVATION_RELEASED */
  commit(call: OrderCall, signal: AbortSignal): Promise<Reservation>;
  /** @throws DomainError RESERVATION_COMMITTED */
  release(call: OrderCall, signal: AbortSignal): Promise<Reservation>;
}

/** The desk of this process. */
export function reservationDesk(ports: InventoryPorts): ReservationDesk {
  const reserve = batcher((commands: readonly ReserveStock[]) => reserveStock(ports, commands), {
    concurrency: CONCURRENCY,
    maxWeight: MAX_WEIGHT,
    weightOf: ({ lines }) => lines.length,
  });
  const finish = batcher((commands: readonly EndReservation[]) => endReservations(ports, commands), {
    concurrency: CONCURRENCY,
    maxWeight: MAX_WEIGHT / 10,
    weightOf: () => 1,
  });
  return {
    reserve,
    async commit(call, signal) {
      const reservation = await finish({ ...call, as: 'committed' }, signal);
      if (reservation === undefined) throw new Error('a sold reservation is missing');
      return reservation;
    },
    async release(call, signal) {
      const released =
        (await finish({ ...call, as: 'released' }, signal)) ??
        (await barOrder(ports, call)) ??
        (await finish({ ...call, as: 'released' }, signal));
      if (released === undefined)
        throw aborted('CONFLICT', 'The order is reserving at this moment; try again.');
      return released;
    },
  };
}
