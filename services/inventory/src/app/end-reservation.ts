import { notFound } from '@souk/kernel';
import { barred, end, type Reservation } from '../domain/reservation.ts';
import type { BooksTransaction, InventoryPorts } from './ports.ts';

/** Which reservation to end. */
export interface EndReservation {
  readonly orderId: string;
  readonly requestId: string;
}

/**
 * Sells what an order holds. Doing it again changes nothing.
 * @throws DomainError RESERVATION_NOT_FOUND, RESERVATION_EXPIRED, RESERVATION_RELEASED
 */
export async function commitReservation(
  ports: InventoryPorts,
  command: EndReservation,
): Promise<Reservation> {
  return ports.books.transact(async (books) => {
    const reservation = await books.lockReservation(command.orderId);
    if (reservation === undefined) throw notFound('RESERVATION_NOT_FOUND', 'The order has no reservation.');
    return finish(ports, books, reservation, 'committed', command.requestId);
  });
}

/**
 * Gives back what an order holds. Doing it again, or after it expired, changes nothing. An order without a reservation
 * is barred from getting one: a reserving call may still be under way.
 * @throws DomainError RESERVATION_COMMITTED
 */
export async function releaseReservation(
  ports: InventoryPorts,
  command: EndReservation,
): Promise<Reservation> {
  const { orderId, requestId } = command;
  return ports.books.transact(async (books) => {
    let reservation = await books.lockReservation(orderId);
    if (reservation === undefined) {
      const now = ports.clock.now();
      const bar = barred(orderId, now);
      const written = await books.post({
        movements: [],
        stock: new Map(),
        time: now,
        with: { newReservation: bar },
        actorId: '',
        requestId,
      });
      if (written !== undefined) return bar;
      reservation = await books.lockReservation(orderId);
    }
    if (reservation === undefined) throw new Error(`reservation of ${orderId} neither written nor there`);
    return finish(ports, books, reservation, 'released', requestId);
  });
}

async function finish(
  ports: InventoryPorts,
  books: BooksTransaction,
  reservation: Reservation,
  as: 'committed' | 'released',
  requestId: string,
): Promise<Reservation> {
  const change = end(reservation, as);
  if (change === undefined) return reservation;
  await books.post({
    movements: change.movements,
    stock: await books.lockLevels(reservation.lines.map((line) => line.sku)),
    time: ports.clock.now(),
    with: { endedReservations: [change.reservation] },
    actorId: '',
    requestId,
  });
  return change.reservation;
}
