/** What a buyer knows in the end about the one order they tried to place. */
export type Answer =
  | { readonly kind: 'ok'; readonly orderId: string; readonly total: bigint }
  | { readonly kind: 'refused'; readonly reason: string; readonly orderId: string | undefined }
  | { readonly kind: 'unknown'; readonly last: string };

/** One buyer's history. */
export interface BuyerFact {
  /** The guest's id, which is the order's customer. */
  readonly buyerId: string;
  readonly requestId: string;
  /** Units they put in their cart. */
  readonly wanted: number;
  readonly answer: Answer;
  /** What each call came to, in order. */
  readonly calls: readonly string[];
}

/** A row of order's `orders` with the units of the SKU under test. */
export interface OrderFact {
  readonly orderId: string;
  readonly customerId: string;
  readonly requestId: string;
  readonly state: string;
  readonly paymentState: string;
  readonly units: number;
  readonly total: bigint;
}

/** A row of order's `sagas`. */
export interface SagaFact {
  readonly orderId: string;
  readonly kind: string;
  readonly state: string;
  readonly lastError: string;
}

/** Levels of one SKU over all locations. */
export interface Levels {
  readonly onHand: number;
  readonly reserved: number;
  readonly damaged: number;
}

/** A row of inventory's `reservations`. */
export interface ReservationFact {
  readonly orderId: string;
  readonly state: string;
  readonly units: number;
}

/** A row of payment's `payments`. */
export interface PaymentFact {
  readonly paymentId: string;
  readonly orderId: string;
  readonly state: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** Operations whose outcome payment does not know. */
  readonly openOperations: number;
}

/** One side of a booking in payment's ledger. */
export interface EntryFact {
  readonly transactionId: string;
  readonly orderId: string;
  readonly kind: string;
  readonly account: string;
  readonly side: string;
  readonly amount: bigint;
}

/** A payment as its provider has it. */
export interface IntentFact {
  readonly intentId: string;
  readonly orderId: string;
  /** What the provider still holds on the buyer's card. */
  readonly held: bigint;
}

/** A movement of money in the provider's own ledger: above zero what it took, below what it gave back. */
export interface ProviderMovementFact {
  /** The provider's id of what moved the money. */
  readonly source?: string;
  readonly orderId: string;
  readonly type: string;
  readonly amount: bigint;
}

/** What services have stored about the round. Amounts are minor units. */
export interface Books {
  readonly orders: readonly OrderFact[];
  readonly sagas: readonly SagaFact[];
  readonly stock: Levels;
  /** Sums over the ledger of movements. */
  readonly movements: Levels;
  /** Units that the ledger says were received. */
  readonly received: number;
  readonly reservations: readonly ReservationFact[];
  readonly payments: readonly PaymentFact[];
  readonly entries: readonly EntryFact[];
  /** Debits less credits over the whole ledger, by currency. */
  readonly ledgerDifference: readonly bigint[];
  /** Facts that were committed and not yet published, by service. */
  readonly unpublished: Readonly<Record<string, number>>;
}

/** What the payment provider has stored about the round. */
export interface ProviderBooks {
  readonly intents: readonly IntentFact[];
  readonly movements: readonly ProviderMovementFact[];
}

/** A fact in order's topic. */
export interface ToldFact {
  readonly orderId: string;
  /** `OrderConfirmed`, `OrderRejected`, … */
  readonly type: string;
  readonly eventId: string;
}

/** What the stores that follow the books hold about the round. */
export interface Followers {
  /** Facts in Kafka about the round's orders; a repeated publication keeps its id. */
  readonly told: readonly ToldFact[];
  /** Units of the SKU that are left in carts in Redis, by buyer. */
  readonly inCarts: Readonly<Record<string, number>>;
  /** Levels of the SKU in inventory's read model in MongoDB. */
  readonly view: Levels;
}

/** Everything that can be known from outside once a round is over. */
export interface Facts {
  /** Units that were for sale. */
  readonly units: number;
  readonly buyers: readonly BuyerFact[];
  readonly books: Books;
  readonly provider: ProviderBooks;
  readonly followers: Followers;
  /** What the edge tells shoppers is available. */
  readonly shownAvailable: number;
}
