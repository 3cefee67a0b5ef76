import type { Clock, Money } from '@souk/kernel';
import type { Order, StateChange } from '../domain/order.ts';
import type { OrderIdRange } from '../domain/order-number.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import type { OrderState } from '../domain/order-state.ts';
import type { OrderFeed } from './order-feed.ts';
import type { Saga, StepCall } from './saga/saga.ts';
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
}

/** Variants of the catalogue. */
export interface Variants {
  /** Those that exist. */
  find(skus: readonly string[]): Promise<readonly Variant[]>;
}

/** Stock of the inventory service. `reserve` and `commit` throw StepRefused when refused for good. */
export interface Stock {
  reserve(orderId: string, lines: readonly Units[], call: StepCall): Promise<void>;
  commit(orderId: string, call: StepCall): Promise<void>;
  release(orderId: string, call: StepCall): Promise<void>;
  restock(
    returned: {
      readonly returnId: string;
      readonly orderId: string;
      readonly good: readonly Units[];
      readonly damaged: readonly Units[];
    },
    call: StepCall,
  ): Promise<void>;
}

/** Payments of the payment service. `authorize` and `capture` throw StepRefused when refused for good. */
export interface Payments {
  /** The id of the payment. */
  authorize(
    request: {
      readonly orderId: string;
      readonly customerId: string;
      readonly amount: Money;
      readonly paymentMethod: string;
    },
    call: StepCall,
  ): Promise<string>;
  capture(paymentId: string, call: StepCall): Promise<void>;
  /** Gives up an order's authorisation. */
  void(orderId: string, call: StepCall): Promise<void>;
  refund(
    request: {
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
  | { readonly type: 'placed' | 'confirmed' | 'rejected' | 'cancelled'; readonly order: Order }
  | {
      readonly type: 'return-requested' | 'return-completed';
      readonly order: Order;
      readonly orderReturn: OrderReturn;
    };

/** A transaction over orders, returns, sagas and the facts about them. */
export interface OrderTransaction extends SagaTransaction {
  /** False when the customer has used the request id before; nothing is stored then. */
  insertOrder(order: Order, key: RequestKey): Promise<boolean>;
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

/** Which sagas to list. */
export interface SagaFilter {
  readonly orderId: string | undefined;
  readonly includeEnded: boolean;
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
  findOrder(orderId: string): Promise<Order | undefined>;
  findOrderByRequest(customerId: string, requestId: string): Promise<Keyed<Order> | undefined>;
  listOrders(filter: OrderFilter): Promise<readonly ListedOrder[]>;
  findReturn(returnId: string): Promise<OrderReturn | undefined>;
  listReturns(filter: ReturnFilter): Promise<readonly OrderReturn[]>;
  findSaga(sagaId: string): Promise<Saga | undefined>;
  listSagas(filter: SagaFilter): Promise<readonly Saga[]>;
  /** Makes a saga due now, whoever holds it. False when it has ended. */
  makeSagaDue(sagaId: string): Promise<boolean>;
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
