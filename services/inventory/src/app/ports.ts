import type { Clock } from '@souk/kernel';
import type { Availability } from '../domain/availability.ts';
import type { InventoryFact } from '../domain/fact.ts';
import type { AllocationStrategy, KitComponent, Setup } from '../domain/location.ts';
import type { LedgerEntry, Movement } from '../domain/movement.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReturnedUnits } from '../domain/restock.ts';
import type { Stock, StockLevel } from '../domain/stock.ts';
import type { StockHistories, WarehouseRecords } from './warehouse-ports.ts';

/** What inventory's use cases need from outside. */
export interface InventoryPorts {
  readonly books: StockBooks;
  readonly view: AvailabilityView;
  readonly setup: SetupSource;
  readonly clock: Clock;
  /** How long a reservation holds when the caller does not say, in milliseconds. */
  readonly reservationTtlMs: number;
  /** How locations are chosen when the caller does not say. */
  readonly allocationStrategy: AllocationStrategy;
}

/** Locations and kits. */
export interface SetupSource {
  /** What they are; what another replica changed is known within a second. */
  current(): Promise<Setup>;
  /** Forgets what it knows, after a change. */
  invalidate(): void;
}

/** The write model: stock levels, the ledger and reservations. */
export interface StockBooks {
  /** Runs `work` in a transaction; it may run again after a collision, so it must have no other effect. */
  transact<T>(work: (books: BooksTransaction) => Promise<T>): Promise<T>;
  /**
   * Writes a posting that was decided on levels and reservations that are known from before, in one statement.
   * @returns the levels as they are now; undefined, and nothing is written, if any of them is not as it was.
   */
  tryPost(posting: Posting): Promise<StockLevel[] | undefined>;
  /** Whether the levels of some SKUs are still as they were. */
  areCurrent(levels: readonly StockLevel[]): Promise<boolean>;
  /** The ledger's entries, newest first. */
  listMovements(query: MovementQuery): Promise<LedgerEntry[]>;
  /** Compares a page of levels with their movements and reservations, as one consistent look. */
  checkLedger(after: LevelKey | undefined, limit: number): Promise<LedgerCheck[]>;
  /** Levels in the order of their keys. */
  pageLevels(after: LevelKey | undefined, limit: number): Promise<StockLevel[]>;
  /** Levels of some SKUs, at every location. */
  levelsOf(skus: readonly string[]): Promise<StockLevel[]>;
  /** Reservations by their ids. */
  findReservations(reservationIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
  readonly histories: StockHistories;
  /** Ids of reservations that are owed what is there now, oldest first. */
  findFillable(limit: number): Promise<string[]>;
}

/** The books within a transaction. */
export interface BooksTransaction {
  /** Locks the levels of some SKUs, always in the order of SKUs and locations so that nobody waits in a circle. */
  lockLevels(skus: readonly string[]): Promise<Stock>;
  /** As `lockLevels`, and makes levels of nothing for SKUs that have none at a location. */
  openLevels(keys: readonly LevelKey[]): Promise<Stock>;
  /** Reservations by their ids. */
  findReservations(reservationIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
  /** As `findReservations`, locked in the order of their ids. */
  lockReservations(reservationIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
  /** Locks held reservations that are past their time and that nobody else is working on. */
  lockOverdue(now: Date, limit: number): Promise<Reservation[]>;
  /** Locks an order's reservations that are owed something, oldest first. */
  lockOwed(orderId: string): Promise<Reservation[]>;
  /** Writes a locked reservation's new time. */
  extend(reservation: Reservation): Promise<void>;
  /** Books that a return is being restocked. @returns what was booked before, if it was. */
  openReturn(
    returnId: string,
    orderId: string,
    units: readonly ReturnedUnits[],
  ): Promise<readonly ReturnedUnits[] | undefined>;
  /**
   * Writes movements with the levels they make, what goes with them, and the facts to be told.
   * @returns the levels as they are now, or undefined when there is such a reservation already; then nothing was written.
   */
  post(posting: Posting): Promise<StockLevel[] | undefined>;
  /** Tells what happened besides what was posted. */
  tell(facts: readonly InventoryFact[]): Promise<void>;
  /** Transfers, counts, terms, locations and kits. */
  readonly records: WarehouseRecords;
  /** Runs `effect` once per request id; the same call again gets the stored levels. See REQUEST_ID_REUSED. */
  once(key: CallKey, effect: () => Promise<StockLevel[]>): Promise<StockLevel[]>;
}

/** What is written at once. */
export interface Posting {
  readonly movements: readonly CausedMovement[];
  /** The levels, at all locations, of all SKUs that the decision rests on, as they were. */
  readonly stock: Stock;
  readonly time: Date;
  readonly newReservations?: readonly Reservation[];
  /** Reservations as they ended, each one version on. */
  readonly endedReservations?: readonly Reservation[];
  /** Reservations of which others than the state changed, each one version on. */
  readonly amendedReservations?: readonly Reservation[];
  /** What is told besides changes of levels and reservations. */
  readonly facts?: readonly InventoryFact[];
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
  readonly incoming: number;
  readonly backordered: number;
  /** Units in held reservations. */
  readonly held: number;
  /** Promised units in held and sold reservations. */
  readonly owed: number;
}

/** A kit as the read model knows it. */
export interface Kit {
  readonly kitSku: string;
  readonly components: readonly KitComponent[];
  readonly version: bigint;
}

/** The read model. */
export interface AvailabilityView {
  /** Availability of the known ones among some SKUs. */
  get(skus: readonly string[]): Promise<ReadonlyMap<string, Availability>>;
  /** Takes over levels that are newer than what it has; older and equal ones change nothing. */
  apply(levels: readonly StockLevel[]): Promise<void>;
  /** As `apply`, and replaces what it has of the same version. */
  overwrite(levels: readonly StockLevel[]): Promise<void>;
  /** Takes over what a kit is made of, if newer. */
  applyKit(kit: Kit): Promise<void>;
  /** Everything it says about some SKUs. */
  levelsOf(skus: readonly string[]): Promise<StockLevel[]>;
  /** SKUs it knows, in order; kits are left out. */
  pageSkus(after: string | undefined, limit: number): Promise<string[]>;
  /** Forgets SKUs. */
  remove(skus: readonly string[]): Promise<void>;
}
