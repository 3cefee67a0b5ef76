import type { Envelope } from '@souk/messaging';
import type { Sql } from '@souk/sql';
import type { EditTransaction } from '../app/edit-ports.ts';
import type { OrderFact, OrderTransaction } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import type { Allocation } from '../domain/allocation.ts';
import type { Order } from '../domain/order.ts';
import { advanceInOneStatement } from './advance-statement.ts';
import { allocationRows } from './allocation-row.ts';

/** Thrown by work that needs more than {@link QuickWork} can do. */
class NeedsTransaction extends Error {
  override readonly name = 'NeedsTransaction';
}

const refuse = (): never => {
  throw new NeedsTransaction('this work needs a transaction');
};

/**
 * Work on one order that this process knows, and on the saga that drives it, gathered and then written in one statement.
 * The order is not read and not locked: the write happens only when the order still has the version that is known here
 * and the saga is still held. Anything else needs a transaction, as does work that comes too late.
 */
export class QuickWork {
  readonly #known: (orderId: string) => Order | undefined;
  #before: Order | undefined;
  #after: Order | undefined;
  #saga: { readonly saga: Saga; readonly holder: string } | undefined;
  #facts: readonly OrderFact[] = [];
  #allocations: readonly Allocation[] = [];

  constructor(known: (orderId: string) => Order | undefined) {
    this.#known = known;
  }

  /** The transaction that the work is given. */
  readonly transaction: OrderTransaction = {
    get edits(): EditTransaction {
      return refuse();
    },
    lockOrder: async (orderId) => {
      this.#before = this.#known(orderId) ?? refuse();
      return this.#before;
    },
    saveOrder: async (before, after) => {
      const isPlain = before === this.#before && this.#after === undefined && after.lines === before.lines;
      if (!isPlain) refuse();
      this.#after = after;
    },
    tell: async (facts) => {
      this.#facts = [...this.#facts, ...facts];
    },
    insertAllocations: async (_orderId, allocations) => {
      this.#allocations = allocations;
    },
    saveSaga: async (saga, holder) => {
      this.#saga = { saga, holder };
      return true;
    },
    findReturnByRequest: async () => refuse(),
    insertReturn: async () => refuse(),
    lockReturn: async () => refuse(),
    saveReturn: async () => refuse(),
    insertSaga: async () => refuse(),
    lockAllocations: async () => refuse(),
    saveAllocations: async () => refuse(),
    claimCancellation: async () => refuse(),
    findShipmentByRequest: async () => refuse(),
    insertShipment: async () => refuse(),
    findShipment: async () => refuse(),
    saveShipment: async () => refuse(),
    lockSaga: async () => refuse(),
    takeSaga: async () => refuse(),
  };

  /** Writes what was gathered; the order as it is now, or undefined when nothing was written. */
  async write(sql: Sql, toEvent: (fact: OrderFact) => Envelope): Promise<Order | undefined> {
    const [before, after, saga] = [this.#before, this.#after, this.#saga];
    if (before === undefined || after === undefined || saga === undefined) return undefined;
    const isWritten = await advanceInOneStatement(sql, {
      before,
      after,
      ...saga,
      facts: this.#facts.map(toEvent),
      allocations: allocationRows(after.orderId, this.#allocations),
    });
    return isWritten ? after : undefined;
  }
}
