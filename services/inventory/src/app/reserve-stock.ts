import { DomainError } from '@souk/kernel';
import type { StockLine } from '../domain/demand.ts';
import { hold, type Reservation, type ReservationKey, reservedAgain } from '../domain/reservation.ts';
import { afterMovements } from '../domain/stock.ts';
import type { Outcome } from './batcher.ts';
import type { BooksTransaction, CausedMovement, InventoryPorts } from './ports.ts';

/** What to reserve. */
export interface ReserveStock extends ReservationKey {
  readonly lines: readonly StockLine[];
  /** How long to hold it, in milliseconds; the default if undefined. */
  readonly ttlMs: number | undefined;
  readonly requestId: string;
}

/**
 * Holds stock for orders, each all lines or none, once per reservation, in the order in which they came. All of them are
 * written in one transaction.
 * @returns for each its reservation or STOCK_INSUFFICIENT, SKU_UNKNOWN, RESERVATION_CONFLICT, RESERVATION_EXPIRED,
 * RESERVATION_RELEASED.
 */
export async function reserveStock(
  ports: InventoryPorts,
  commands: readonly ReserveStock[],
): Promise<Outcome<Reservation>[]> {
  return ports.books.transact(async (books) => {
    const stock = await books.lockLevels(commands.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
    const reservations = new Map(
      await books.findReservations(commands.map((command) => command.reservationId)),
    );
    const now = ports.clock.now();
    const left = new Map(stock);
    const made: Reservation[] = [];
    const movements: CausedMovement[] = [];
    const outcomes = commands.map((command) =>
      refusalOr(() => {
        const { orderId, reservationId, lines, requestId } = command;
        const earlier = reservations.get(reservationId);
        if (earlier !== undefined) return reservedAgain(earlier, orderId, lines);
        const change = hold(command, left, lines, now, command.ttlMs ?? ports.reservationTtlMs);
        for (const level of afterMovements(left, change.movements, now)) left.set(level.sku, level);
        reservations.set(reservationId, change.reservation);
        made.push(change.reservation);
        movements.push(...change.movements.map((movement) => ({ ...movement, requestId })));
        return change.reservation;
      }),
    );
    if (made.length === 0) return outcomes;
    const posted = await books.post({
      movements,
      stock,
      time: now,
      with: { newReservations: made },
      actorId: '',
    });
    return posted === undefined ? lostRace(books, commands) : outcomes;
  });
}

/**
 * The order got its reservation from elsewhere between look and write. With one order that is the answer; with several
 * the transaction must be undone, for the others were not written either.
 */
async function lostRace(
  books: BooksTransaction,
  commands: readonly ReserveStock[],
): Promise<Outcome<Reservation>[]> {
  const [only, ...others] = commands;
  const earlier = only && (await books.findReservations([only.reservationId])).get(only.reservationId);
  if (only === undefined || earlier === undefined || others.length > 0) {
    throw new Error('reservations of a batch were made elsewhere meanwhile');
  }
  return [refusalOr(() => reservedAgain(earlier, only.orderId, only.lines))];
}

function refusalOr<T>(decide: () => T): Outcome<T> {
  try {
    return decide();
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
}
