import type { Money } from '@souk/kernel';
import type { Allocation } from '../domain/allocation.ts';
import type { Order } from '../domain/order.ts';
import type { OrderEdit } from '../domain/order-edit.ts';
import type { Keyed, LineUnits, RequestKey, RestockedUnits } from './ports.ts';
import type { StepCall } from './saga/saga.ts';

/** The part of a transaction that is about edits. Their order is locked. */
export interface EditTransaction {
  findByRequest(orderId: string, requestId: string): Promise<Keyed<OrderEdit> | undefined>;
  insert(edit: OrderEdit, key: RequestKey): Promise<void>;
  /** With the request that confirmed it, if any. */
  lock(
    editId: string,
  ): Promise<{ readonly edit: OrderEdit; readonly confirmation: RequestKey | undefined } | undefined>;
  save(edit: OrderEdit, confirmation?: RequestKey): Promise<void>;
  /** Whether something else is under way for an order. */
  hasOpenSagas(orderId: string): Promise<boolean>;
  /** Stores an order's new lines and sums; the rest is for `saveOrder`. */
  grow(before: Order, after: Order): Promise<void>;
  /** Stores which edit an order is held by. */
  hold(orderId: string, editId: string | undefined): Promise<void>;
  /** Adds to what locations hold of an order. */
  addAllocations(orderId: string, allocations: readonly Allocation[]): Promise<void>;
}

/** Durable edits. */
export interface EditStore {
  find(editId: string): Promise<OrderEdit | undefined>;
  /** The latest 100, oldest first. */
  list(orderId: string): Promise<readonly OrderEdit[]>;
}

/** A part of an order that is bought by itself: an edit or an exchange. */
export interface Purchase {
  /** Names its reservation and its payment. */
  readonly purchaseId: string;
  readonly orderId: string;
}

/** Stock for units that are added to an order. All but `giveBack` throw StepRefused when refused for good. */
export interface AddedStock {
  reserve(
    purchase: Purchase & { readonly regionCode: string; readonly lines: readonly LineUnits[] },
    call: StepCall,
  ): Promise<readonly Allocation[]>;
  commit(purchase: Purchase, call: StepCall): Promise<void>;
  /** Releases the reservation, or restocks it when it was committed. Nothing held is no error. */
  giveBack(purchase: Purchase, lines: readonly RestockedUnits[], call: StepCall): Promise<void>;
}

/** Money for units that are added to an order. */
export interface AddedPayments {
  /** The id of the authorised payment; throws StepRefused when it is refused or waits for anything. */
  authorize(
    purchase: Purchase & {
      readonly customerId: string;
      readonly amount: Money;
      readonly paymentMethod: string;
    },
    call: StepCall,
  ): Promise<string>;
  capture(paymentId: string, call: StepCall): Promise<void>;
  /** Gives back what the payment under an `authorize` key holds or has taken. Nothing is no error. */
  giveBack(authorizeKey: string, amount: Money, purchase: Purchase, call: StepCall): Promise<void>;
}
