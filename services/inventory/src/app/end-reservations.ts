import { DomainError, notFound } from '@souk/kernel';
import { barred, end, extended, type Reservation, type ReservationKey } from '../domain/reservation.ts';
import type { Outcome } from './batcher.ts';
import type { CausedMovement, InventoryPorts } from './ports.ts';

/** Which reservation to end, and how. */
export interface EndReservation extends ReservationKey {
  readonly as: 'committed' | 'released';
  readonly requestId: string;
}

/**
 * Sells or gives back what orders hold, in one transaction. Doing it again changes nothing, nor does releasing what has
 * expired.
 * @returns for each its reservation, undefined if there is none to release, or RESERVATION_NOT_FOUND,
 * RESERVATION_EXPIRED, RESERVATION_RELEASED, RESERVATION_COMMITTED.
 */
export async function endReservations(
  ports: InventoryPorts,
  commands: readonly EndReservation[],
): Promise<Outcome<Reservation | undefined>[]> {
  return ports.books.transact(async (books) => {
    const reservations = new Map(
      await books.lockReservations(commands.map(({ reservationId }) => reservationId)),
    );
    const ended = new Map<string, Reservation>();
    const movements: CausedMovement[] = [];
    const outcomes = commands.map(
      ({ orderId, reservationId, as, requestId }): Outcome<Reservation | undefined> => {
        const reservation = reservations.get(reservationId);
        if (reservation?.orderId !== orderId) {
          return as === 'released' ? undefined : unknownReservation();
        }
        try {
          const change = end(reservation, as);
          if (change === undefined) return reservation;
          reservations.set(reservationId, change.reservation);
          ended.set(reservationId, change.reservation);
          movements.push(...change.movements.map((movement) => ({ ...movement, requestId })));
          return change.reservation;
        } catch (refusal) {
          if (refusal instanceof DomainError) return refusal;
          throw refusal;
        }
      },
    );
    if (ended.size > 0) {
      await books.post({
        movements,
        stock: await books.lockLevels(movements.map(({ sku }) => sku)),
        time: ports.clock.now(),
        with: { endedReservations: [...ended.values()] },
        actorId: '',
      });
    }
    return outcomes;
  });
}

/**
 * Bars an order that has no reservation from getting one: a reserving call may still be under way.
 * @returns undefined if it has got one meanwhile.
 */
export async function barOrder(ports: InventoryPorts, key: ReservationKey): Promise<Reservation | undefined> {
  return ports.books.transact(async (books) => {
    const time = ports.clock.now();
    const bar = barred(key, time);
    const posted = await books.post({
      movements: [],
      stock: new Map(),
      time,
      with: { newReservations: [bar] },
      actorId: '',
    });
    return posted && bar;
  });
}

/**
 * Lets a held reservation run longer.
 * @throws DomainError RESERVATION_NOT_FOUND, RESERVATION_EXPIRED, RESERVATION_RELEASED, RESERVATION_COMMITTED
 */
export async function extendReservation(
  ports: InventoryPorts,
  key: ReservationKey,
  ttlMs: number,
): Promise<Reservation> {
  return ports.books.transact(async (books) => {
    const reservation = (await books.lockReservations([key.reservationId])).get(key.reservationId);
    if (reservation?.orderId !== key.orderId) throw unknownReservation();
    const longer = extended(reservation, ports.clock.now(), ttlMs);
    if (longer !== reservation) await books.extend(longer);
    return longer;
  });
}

/**
 * A reservation, straight from the books.
 * @throws DomainError RESERVATION_NOT_FOUND
 */
export async function getReservation(ports: InventoryPorts, key: ReservationKey): Promise<Reservation> {
  const reservation = await ports.books.findReservation(key.reservationId);
  if (reservation?.orderId !== key.orderId) throw unknownReservation();
  return reservation;
}

function unknownReservation(): DomainError {
  return notFound('RESERVATION_NOT_FOUND', 'The order has no such reservation.');
}
