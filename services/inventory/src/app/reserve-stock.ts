import { DomainError } from '@souk/kernel';
import { type Demand, demandOf, type StockLine } from '../domain/demand.ts';
import { hold, type Reservation, reservedAgain } from '../domain/reservation.ts';
import type { BooksTransaction, InventoryPorts } from './ports.ts';

/** What to reserve. */
export interface ReserveStock {
  readonly orderId: string;
  readonly lines: readonly StockLine[];
  /** How long to hold it, in milliseconds; the default if undefined. */
  readonly ttlMs: number | undefined;
  readonly requestId: string;
}

/**
 * Holds stock for an order, all lines or none, once per order.
 * @throws DomainError STOCK_INSUFFICIENT, SKU_UNKNOWN, RESERVATION_CONFLICT, RESERVATION_EXPIRED, RESERVATION_RELEASED
 */
export async function reserveStock(ports: InventoryPorts, command: ReserveStock): Promise<Reservation> {
  const demand = demandOf(command.lines);
  return ports.books.transact(async (books) => {
    const made = await tryToHold(ports, books, command, demand);
    if (!(made instanceof DomainError) && made !== undefined) return made;
    // The call may have come before; then the order's own reservation may even be what leaves too little.
    const earlier = await books.findReservation(command.orderId);
    if (earlier !== undefined) return reservedAgain(earlier, demand);
    throw made ?? new Error(`reservation of ${command.orderId} neither written nor there`);
  });
}

/** The new reservation; undefined if the order has one; the refusal if there is too little. */
async function tryToHold(
  ports: InventoryPorts,
  books: BooksTransaction,
  { orderId, requestId, ttlMs = ports.reservationTtlMs }: ReserveStock,
  demand: Demand,
): Promise<Reservation | DomainError | undefined> {
  const stock = await books.lockLevels([...demand.keys()]);
  const time = ports.clock.now();
  let change: ReturnType<typeof hold>;
  try {
    change = hold(orderId, stock, demand, time, ttlMs);
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
  const { movements, reservation } = change;
  const posted = await books.post({
    movements,
    stock,
    time,
    with: { newReservation: reservation },
    actorId: '',
    requestId,
  });
  return posted && reservation;
}
