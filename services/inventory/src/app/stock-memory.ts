import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stock.ts';

const MAX_SKUS = 20_000;
const MAX_RESERVATIONS = 5_000;

/**
 * What this process knows of the books from its own last look or change. It is a guess: what is decided on it is written
 * only if the versions are still the same.
 */
export class StockMemory {
  readonly #levels = new Map<string, readonly StockLevel[]>();
  readonly #reservations = new Map<string, Reservation>();

  /** The levels of a SKU at all its locations. */
  levels(sku: string): readonly StockLevel[] | undefined {
    return this.#levels.get(sku);
  }

  /** A held reservation. */
  reservation(reservationId: string): Reservation | undefined {
    return this.#reservations.get(reservationId);
  }

  /** Keeps the levels of a SKU. */
  keepLevels(sku: string, levels: readonly StockLevel[]): void {
    keep(this.#levels, sku, levels, MAX_SKUS);
  }

  /** Keeps a reservation while it is held; what has ended is seldom asked for again. */
  keepReservation(reservation: Reservation): void {
    if (reservation.state === 'held') {
      keep(this.#reservations, reservation.reservationId, reservation, MAX_RESERVATIONS);
    } else this.#reservations.delete(reservation.reservationId);
  }

  /** Forgets what turned out to be different. */
  forget(skus: Iterable<string>, reservationIds: Iterable<string>): void {
    for (const sku of skus) this.#levels.delete(sku);
    for (const id of reservationIds) this.#reservations.delete(id);
  }
}

/** A map that drops what was kept longest ago. */
function keep<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) for (const oldest of map.keys()) return void map.delete(oldest);
}
