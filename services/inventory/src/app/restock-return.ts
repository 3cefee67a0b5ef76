import { strikeOff } from '../domain/backorder.ts';
import { requireLocation } from '../domain/location.ts';
import type { Reservation } from '../domain/reservation.ts';
import { type ReturnedUnits, requireSameReturn, restock } from '../domain/restock.ts';
import type { BooksTransaction, CausedMovement, InventoryPorts } from './ports.ts';

/** What came back. */
export interface RestockReturn {
  readonly returnId: string;
  readonly orderId: string;
  /** Per SKU and location, in the order of SKUs. */
  readonly units: readonly ReturnedUnits[];
  readonly requestId: string;
}

/**
 * Books returned units, once per return. What the order was promised and never got is struck off first.
 * @throws DomainError SKU_UNKNOWN, LOCATION_UNKNOWN, RETURN_CONFLICT, QUANTITY_LIMIT_EXCEEDED
 */
export async function restockReturn(ports: InventoryPorts, command: RestockReturn): Promise<void> {
  const { returnId, orderId, units, requestId } = command;
  const setup = await ports.setup.current();
  for (const { locationId } of units) requireLocation(setup, locationId);
  await ports.books.transact(async (books) => {
    const booked = await books.openReturn(returnId, orderId, units);
    if (booked !== undefined) {
      requireSameReturn(booked, units);
      return;
    }
    const struck = await strikeOffOwed(books, orderId, units);
    const skus = [...struck.reservations.flatMap(({ lines }) => lines), ...units].map(({ sku }) => sku);
    await books.lockLevels([...new Set([...skus, ...struck.movements.map(({ sku }) => sku)])]);
    const stock = await books.openLevels(struck.there);
    const movements = [...struck.movements, ...restock(returnId, stock, struck.there)];
    if (movements.length === 0 && struck.reservations.length === 0) return;
    await books.post({
      movements: movements.map((move): CausedMovement => ({ ...move, requestId })),
      stock: await books.lockLevels(movements.map(({ sku }) => sku)),
      time: ports.clock.now(),
      amendedReservations: struck.reservations,
      actorId: '',
    });
  });
}

/** Strikes promised units off the order's reservations; `there` is what has really come back. */
async function strikeOffOwed(
  books: BooksTransaction,
  orderId: string,
  units: readonly ReturnedUnits[],
): Promise<{
  there: ReturnedUnits[];
  movements: ReturnType<typeof strikeOff>['movements'][number][];
  reservations: Reservation[];
}> {
  const owed = new Map((await books.lockOwed(orderId)).map((one) => [one.reservationId, one]));
  const changed = new Map<string, Reservation>();
  const movements: ReturnType<typeof strikeOff>['movements'][number][] = [];
  const there = units.map((unit) => {
    let { good } = unit;
    for (const reservation of owed.values()) {
      const strike = strikeOff(reservation, unit.sku, good);
      if (strike.struck === 0) continue;
      good -= strike.struck;
      movements.push(...strike.movements);
      // Several strikes are one change of the reservation.
      const version = (changed.get(reservation.reservationId) ?? strike.reservation).version;
      const next = { ...strike.reservation, version };
      owed.set(next.reservationId, next);
      changed.set(next.reservationId, next);
    }
    return { ...unit, good };
  });
  return { there, movements, reservations: [...changed.values()] };
}
