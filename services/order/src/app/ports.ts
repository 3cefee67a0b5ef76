import type { Clock, Money } from '@souk/kernel';
import type { Allocation } from '../domain/allocation.ts';
import type { CancelledLine } from '../domain/cancellation.ts';
import type { GivenBack, Order, PaymentAction } from '../domain/order.ts';
import type { OrderEdit } from '../domain/order-edit.ts';
import type { OrderIdRange } from '../domain/order-number.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import type { Shipment } from '../domain/shipment.ts';
import type { OrderState } from '../domain/order-state.ts';
import type { StateChange } from '../domain/state-machine.ts';
import type { Tender } from '../domain/tender.ts';
import type { EditTransaction } from './edit-ports.ts';
import type { OrderFeed } from './order-feed.ts';
import type { Saga, SagaState, StepCall } from './saga/saga.ts';
import type { SagaEngine } from './saga/saga-engine.ts';
import type { SagaStore, SagaTransaction } from './saga/saga-store.ts';

/** Units of one SKU. */
export interface Units {
  readonly sku: string;
  readonly quantity: number;
}

/** A cart as checkout sees it. */
export interface CheckoutCart {
  readonly cartId: string;
  readonly currency: string;
  readonly lines: readonly (Units & { readonly productId: string; readonly title: string })[];
}

/** Carts of the cart service. */
export interface Carts {
  /** Throws `CART_NOT_FOUND`, `CART_EMPTY`, `CART_CHANGED`. */
  forCheckout(cartId: string, customerId: string, etag: string): Promise<CheckoutCart>;
  /** Takes what was ordered out of the cart; once per order. A cart that is gone counts as closed. */
  close(
    order: {
      readonly orderId: string;
      readonly cartId: string;
      readonly customerId: string;
      readonly lines: readonly Units[];
    },
    call: StepCall,
  ): Promise<void>;
}

/** A line as pricing priced it. */
export interface QuotedLine extends Units {
  readonly unitPrice: Money;
  readonly listAmount: Money;
  readonly discount: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** What to price. */
export interface QuoteRequest {
  readonly customerId: string;
  readonly currency: string;
  readonly regionCode: string;
  readonly lines: readonly Units[];
  /** The instant whose prices count; undefined for now. */
  readonly priceTime: Date | undefined;
}

/** Prices of the pricing service. */
export interface Quotes {
  /** The lines of a quote whose signature, validity and subject were verified. Throws `PRICE_UNAVAILABLE`. */
  quote(request: QuoteRequest): Promise<readonly QuotedLine[]>;
}

/** A variant as the catalogue has it now. */
export interface Variant {
  readonly sku: string;
  readonly productId: string;
  readonly title: string;
  readonly active: boolean;
  /** Nothing to ship. */
  readonly digital: boolean;
}

/** Variants of the catalogue. */
export interface Variants {
  /** Those that exist. */
  find(skus: readonly string[]): Promise<readonly Variant[]>;
}

/** Units that go back to stock; to where they were held, when that is known. */
export interface RestockedUnits extends Units {
  /** Empty for the default location. */
  readonly locationId: string;
}

/** Stock of the inventory service. `reserve`, `extend` and `commit` throw StepRefused when refused for good. */
export interface Stock {
  /** Which location holds what for the order. */
  reserve(
    request: { readonly orderId: string; readonly regionCode: string; readonly lines: readonly LineUnits[] },
    call: StepCall,
  ): Promise<readonly Allocation[]>;
  /** Holds the reservation for at least `ms` from now. */
  extend(orderId: string, ms: number, call: StepCall): Promise<void>;
  commit(orderId: string, call: StepCall): Promise<void>;
  /** Gives back what an order holds: releases it, or restocks it when it was committed. Nothing held is no error. */
  giveBack(orderId: string, lines: readonly RestockedUnits[], call: StepCall): Promise<void>;
  /** Throws StepRefused when refused for good. */
  restock(
    returned: {
      readonly returnId: string;
      readonly orderId: string;
      readonly good: readonly RestockedUnits[];
      readonly damaged: readonly RestockedUnits[];
    },
    call: StepCall,
  ): Promise<void>;
}

/** Units of one line. */
export interface LineUnits extends Units {
  readonly lineId: string;
}

/** Where a payment stands that was asked for. */
export interface Authorization {
  readonly paymentId: string;
  readonly state: 'authorized' | 'action-required' | 'in-review';
  /** What the payer has to do, while that is waited for. */
  readonly action: PaymentAction | undefined;
}

/** Payments of the payment service. All throw StepRefused when refused for good. */
export interface Payments {
  authorize(
    request: {
      readonly orderId: string;
      readonly customerId: string;
      readonly amount: Money;
      /** They add up to the amount. */
      readonly tenders: readonly Tender[];
      /** Payment's `PayerDetails` in JSON; may be empty. */
      readonly payer: string;
    },
    call: StepCall,
  ): Promise<Authorization>;
  /** Where an authorisation that waits stands now. */
  refresh(paymentId: string, call: StepCall): Promise<Authorization>;
  capture(paymentId: string, call: StepCall): Promise<void>;
  /** Gives back what a checkout's payment holds or has taken; also one that is on its way. Nothing is no error. */
  giveBack(orderId: string, amount: Money, call: StepCall): Promise<GivenBack>;
  /** Pays an amount of an order back, out of whichever payments it has. */
  refund(
    request: {
      readonly orderId: string;
      readonly paymentId: string;
      readonly amount: Money;
      readonly reason: string;
      readonly reference: string;
    },
    call: StepCall,
  ): Promise<void>;
}

/** Leave to claim a time between two instants. */
export interface BackdatingGrant {
  readonly earliest: Date;
  readonly latest: Date;
}

/** Signed grants. */
export interface BackdatingGrants {
  issue(grant: BackdatingGrant, ttlS: number): Promise<string>;
  /** The grant; undefined when it is not genuine or has expired. */
  read(token: string): Promise<BackdatingGrant | undefined>;
}

/** What makes a write once-only: the caller's request id, and a hash of the rest of the request. */
export interface RequestKey {
  readonly requestId: string;
  readonly fingerprint: string;
}

/** What happened to an order, with everything that is told about it. */
export type OrderFact =
  | { readonly type: 'placed' | 'confirmed' | 'rejected' | 'expired'; readonly order: Order }
  | {
      readonly type: 'cancelled' | 'lines-cancelled';
      readonly order: Order;
      readonly cancellationId: string;
      readonly reason: string;
      readonly lines: readonly CancelledLine[];
      readonly refund: Money;
    }
  | { readonly type: 'edited'; readonly order: Order; readonly edit: OrderEdit }
  | { readonly type: 'shipped' | 'delivered'; readonly order: Order; readonly shipment: Shipment }
  | {
      readonly type: 'return-requested' | 'return-completed';
      readonly order: Order;
      readonly orderReturn: OrderReturn;
    };

/** A transaction over orders, returns, sagas and the facts about them. */
export interface OrderTransaction extends SagaTransaction {
  readonly edits: EditTransaction;
  /** The order, locked until the transaction ends. */
  lockOrder(orderId: string): Promise<Order | undefined>;
  /** Stores what changed between two versions of a locked order. */
  saveOrder(before: Order, after: Order): Promise<void>;
  /** A return made earlier under a request id, with that request's fingerprint. */
  findReturnByRequest(orderId: string, requestId: string): Promise<Keyed<OrderReturn> | undefined>;
  insertReturn(orderReturn: OrderReturn, key: RequestKey): Promise<void>;
  /** Locks a return whose order is locked; with the request that stated its receipt, if any. */
  lockReturn(
    returnId: string,
  ): Promise<{ readonly orderReturn: OrderReturn; readonly receipt: RequestKey | undefined } | undefined>;
  /** Stores a changed return; `receipt` is the request that stated what arrived. */
  saveReturn(orderReturn: OrderReturn, receipt?: RequestKey): Promise<void>;
  /** Stores which location holds what of an order; the first time counts. */
  insertAllocations(orderId: string, allocations: readonly Allocation[]): Promise<void>;
  /** Which location holds what of a locked order, in a fixed order. */
  lockAllocations(orderId: string): Promise<readonly Allocation[]>;
  /** Stores what changed between two states of a locked order's allocations. */
  saveAllocations(
    orderId: string,
    before: readonly Allocation[],
    after: readonly Allocation[],
  ): Promise<void>;
  /**
   * Notes a request to cancel units of a locked order; the fingerprint of the earlier request when its id was used
   * before, and nothing is noted then.
   */
  claimCancellation(orderId: string, cancellationId: string, key: RequestKey): Promise<string | undefined>;
  /** A shipment made earlier under a request id, with that request's fingerprint. */
  findShipmentByRequest(orderId: string, requestId: string): Promise<Keyed<Shipment> | undefined>;
  insertShipment(shipment: Shipment, key: RequestKey): Promise<void>;
  /** A shipment whose order is locked. */
  findShipment(shipmentId: string): Promise<Shipment | undefined>;
  saveShipment(shipment: Shipment): Promise<void>;
  /** A saga, locked until the transaction ends. */
  lockSaga(sagaId: string): Promise<Saga | undefined>;
  /** Stores a locked saga, whoever holds it. */
  takeSaga(saga: Saga): Promise<void>;
  /** Tells facts, once the transaction has committed. */
  tell(facts: readonly OrderFact[]): Promise<void>;
}

/** Something stored by a once-only write. */
export interface Keyed<T> {
  readonly value: T;
  readonly fingerprint: string;
}

/** Where a page of a list begins: after this row. */
export interface Cursor {
  readonly time: Date;
  readonly id: string;
}

/** Which orders to list. */
export interface OrderFilter {
  readonly customerId: string | undefined;
  readonly states: readonly OrderState[];
  readonly from: Date | undefined;
  readonly until: Date | undefined;
  /** In any case of letters. */
  readonly email: string | undefined;
  /** Some line has it. */
  readonly sku: string | undefined;
  /** Only these, for a search by number. */
  readonly orderIds: OrderIdRange | undefined;
  readonly after: Cursor | undefined;
  readonly limit: number;
  readonly withLines: boolean;
}

/** Which returns to list. */
export interface ReturnFilter {
  readonly customerId: string | undefined;
  readonly orderId: string | undefined;
  readonly after: Cursor | undefined;
  readonly limit: number;
}

/** Which shipments of an order to list. */
export interface ShipmentFilter {
  readonly orderId: string;
  /** The last shipment of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Which sagas to list. */
export interface SagaFilter {
  readonly orderId: string | undefined;
  readonly includeEnded: boolean;
  /** Only these states; any when empty. */
  readonly states: readonly SagaState[];
  /** Only those begun before this time. */
  readonly begunBefore: Date | undefined;
  /** The last saga of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** An order in a list: without history, and with lines only if asked for. */
export interface ListedOrder {
  readonly order: Omit<Order, 'history'> & { readonly history: readonly StateChange[] };
  readonly lineCount: number;
}

/** Durable orders, returns and sagas. */
export interface OrderStore extends SagaStore<OrderTransaction> {
  /**
   * Stores a new order, its checkout and the facts about it, in one transaction. False when the customer has used the
   * request id before; nothing is stored then.
   */
  place(order: Order, key: RequestKey, saga: Saga, facts: readonly OrderFact[]): Promise<boolean>;
  findOrder(orderId: string): Promise<Order | undefined>;
  findOrderByRequest(customerId: string, requestId: string): Promise<Keyed<Order> | undefined>;
  listOrders(filter: OrderFilter): Promise<readonly ListedOrder[]>;
  findReturn(returnId: string): Promise<OrderReturn | undefined>;
  listReturns(filter: ReturnFilter): Promise<readonly OrderReturn[]>;
  findShipment(shipmentId: string): Promise<Shipment | undefined>;
  listShipments(filter: ShipmentFilter): Promise<readonly Shipment[]>;
  /** Which location holds what of an order. */
  findAllocations(orderId: string): Promise<readonly Allocation[]>;
  findSaga(sagaId: string): Promise<Saga | undefined>;
  listSagas(filter: SagaFilter): Promise<readonly Saga[]>;
  /** How many sagas have not ended that were begun before a time and do not just wait, and the oldest of them. */
  stuckSagas(begunBefore: Date): Promise<{ readonly count: number; readonly oldest: Saga | undefined }>;
  /** Makes a saga due now, whoever holds it, also a blocked one. False when it has ended. */
  makeSagaDue(sagaId: string): Promise<boolean>;
  /** Makes those sagas of some orders due now that just wait; how many there were. */
  makeWaitingDue(orderIds: readonly string[]): Promise<number>;
}

/** Everything the use cases need. */
export interface OrderPorts {
  readonly store: OrderStore;
  readonly feed: OrderFeed;
  readonly sagas: SagaEngine<OrderTransaction>;
  readonly carts: Carts;
  readonly quotes: Quotes;
  readonly variants: Variants;
  readonly grants: BackdatingGrants;
  readonly clock: Clock;
}
