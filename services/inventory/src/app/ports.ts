import type { Clock } from '@souk/kernel';
import type { Availability } from '../domain/availability.ts';
import type { LedgerEntry, Movement } from '../domain/movement.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReturnedUnits } from '../domain/restock.ts';
import type { Stock, StockLevel } from '../domain/stock.ts';

/** What inventory's use cases need from outside. */
export interface InventoryPorts {
  readonly books: StockBooks;
  readonly view: AvailabilityView;
  readonly clock: Clock;
  /** How long a reservation holds when the caller does not say, in milliseconds. */
  readonly reservationTtlMs: number;
}

/** The write model: stock levels, the ledger and reservations. */
export interface StockBooks {
  /** Runs `work` in a transaction; it may run again after a collision, so it must have no other effect. */
  transact<T>(work: (books: BooksTransaction) => Promise<T>): Promise<T>;
  /** The ledger's entries, newest first. */
  listMovements(query: MovementQuery): Promise<LedgerEntry[]>;
  /** Compares a page of levels with their movements and reservations, as one consistent look. */
  checkLedger(after: LevelKey | undefined, limit: number): Promise<LedgerCheck[]>;
  /** Levels in the order of their keys. */
  pageLevels(after: LevelKey | undefined, limit: number): Promise<StockLevel[]>;
  /** Levels of some SKUs, at every location. */
  levelsOf(skus: readonly string[]): Promise<StockLevel[]>;
  /** A reservation by its id. */
  findReservation(reservationId: string): Promise<Reservation | undefined>;
}

/** The books within a transaction. */
export interface BooksTransaction {
  /** Locks the levels of some SKUs, always in the order of SKUs so that nobody waits in a circle. */
  lockLevels(skus: readonly string[]): Promise<Stock>;
  /** As `lockLevels`, and makes levels of nothing for SKUs that have none. */
  openLevels(skus: readonly string[]): Promise<Stock>;
  /** Reservations by their ids. */
  findReservations(reservationIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
  /** As `findReservations`, locked in the order of their ids. */
  lockReservations(reservationIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
  /** Locks held reservations that are past their time and that nobody else is working on. */
  lockOverdue(now: Date, limit: number): Promise<Reservation[]>;
  /** Writes a locked reservation's new time. */
  extend(reservation: Reservation): Promise<void>;
  /** A return that was booked before. */
  findReturn(returnId: string): Promise<readonly ReturnedUnits[] | undefined>;
  /**
   * Writes movements with the levels they make, what goes with them, and the facts to be told.
   * @returns the levels as they are now, or undefined when there is such a reservation or the return was booked already;
   * then no movement was written, and a posting of several reservations has to be undone.
   */
  post(posting: Posting): Promise<StockLevel[] | undefined>;
  /** Runs `effect` once per request id; the same call again gets the stored levels. See REQUEST_ID_REUSED. */
  once(key: CallKey, effect: () => Promise<StockLevel[]>): Promise<StockLevel[]>;
}

/** What is written at once. */
export interface Posting {
  readonly movements: readonly CausedMovement[];
  /** The locked levels that the movements change. */
  readonly stock: Stock;
  readonly time: Date;
  /** Why it may be written only once, and what is written with it. */
  readonly with?:
    | { readonly newReservations: readonly Reservation[] }
    | { readonly endedReservations: readonly Reservation[] }
    | { readonly returnId: string; readonly orderId: string; readonly units: readonly ReturnedUnits[] };
  /** The account behind it; empty for the platform. */
  readonly actorId: string;
}

/** A movement with the key of the call that caused it; empty for background work. */
export type CausedMovement = Movement & { readonly requestId: string };

/** A mutating call, by its `request_id`. */
export interface CallKey {
  readonly scope: string;
  readonly requestId: string;
  readonly fingerprint: string;
}

/** Key of a stock level. */
export type LevelKey = Pick<StockLevel, 'sku' | 'locationId'>;

/** Which entries of the ledger to list. */
export interface MovementQuery {
  readonly sku: string;
  readonly reference: string;
  /** Entries older than this one. */
  readonly before: bigint | undefined;
  readonly limit: number;
}

/** A level beside what its movements and reservations say. */
export interface LedgerCheck {
  readonly level: StockLevel;
  readonly onHand: number;
  readonly reserved: number;
  readonly damaged: number;
  /** Units in held reservations. */
  readonly held: number;
}

/** The read model. */
export interface AvailabilityView {
  /** Availability of the known ones among some SKUs. */
  get(skus: readonly string[]): Promise<ReadonlyMap<string, Availability>>;
  /** Takes over levels that are newer than what it has; older and equal ones change nothing. */
  apply(levels: readonly StockLevel[]): Promise<void>;
  /** As `apply`, and replaces what it has of the same version. */
  overwrite(levels: readonly StockLevel[]): Promise<void>;
  /** Everything it says about some SKUs. */
  levelsOf(skus: readonly string[]): Promise<StockLevel[]>;
  /** SKUs it knows, in order. */
  pageSkus(after: string | undefined, limit: number): Promise<string[]>;
  /** Forgets SKUs. */
  remove(skus: readonly string[]): Promise<void>;
}
