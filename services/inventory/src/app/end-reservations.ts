import { barred, extended, type Reservation, type ReservationKey } from '../domain/reservation.ts';
import { unknownReservation } from './decide-orders.ts';
import type { InventoryPorts } from './ports.ts';

/**
 * Bars an order that has no reservation from getting one: a reserving call may still be under way.
 * @returns undefined if it has got one meanwhile.
 */
export async function barOrder(ports: InventoryPorts, key: ReservationKey): Promise<Reservation | undefined> {
  const time = ports.clock.now();
  const bar = barred(key, time);
  const posted = await ports.books.tryPost({
    movements: [],
    stock: new Map(),
    time,
    newReservations: [bar],
    actorId: '',
  });
  return posted && bar;
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
  const found = await ports.books.findReservations([key.reservationId]);
  const reservation = found.get(key.reservationId);
  if (reservation?.orderId !== key.orderId) throw unknownReservation();
  return reservation;
}
