import type { Clock, Logger, Money } from '@souk/kernel';
import type { GiftCard } from '../../domain/gift-card.ts';
import type { StoredValueMovement } from '../../domain/stored-value.ts';
import type { OperationKey } from '../ports.ts';

/** Something that happened to a gift card or to store credit. */
export interface StoredValueEntry {
  readonly entryNumber: bigint;
  readonly kind: StoredValueMovement;
  readonly amount: Money;
  /** Empty for issues and grants. */
  readonly paymentId: string;
  readonly orderId: string;
  readonly reason: string;
  readonly createTime: Date;
}

/** Gift cards that are to be made. */
export interface GiftCardIssue {
  readonly amount: Money;
  readonly count: number;
  readonly expireTime: Date | undefined;
  readonly note: string;
  readonly issuerId: string;
}

/** Gift cards. */
export interface GiftCardStore {
  /** Makes cards with these codes and books them, once per request id. Throws `REQUEST_ID_REUSED`. */
  issue(
    key: OperationKey,
    issue: GiftCardIssue,
    codes: readonly string[],
    now: Date,
  ): Promise<readonly GiftCard[]>;
  findByCode(code: string): Promise<GiftCard | undefined>;
  find(giftCardId: string): Promise<GiftCard | undefined>;
  /** Newest first. */
  list(before: string | undefined, limit: number): Promise<readonly GiftCard[]>;
  /** Undefined if there is no such card. */
  disable(giftCardId: string): Promise<GiftCard | undefined>;
}

/** A customer's store credit in one currency. */
export interface StoreCredit {
  readonly balance: Money;
  readonly available: Money;
}

/** Store credit. */
export interface StoreCreditStore {
  /** One for each currency, ordered by it. */
  balances(customerId: string): Promise<readonly StoreCredit[]>;
  /** Gives credit and books it, once per request id. Throws `REQUEST_ID_REUSED`. */
  grant(
    key: OperationKey,
    grant: {
      readonly customerId: string;
      readonly amount: Money;
      readonly reason: string;
      readonly authorId: string;
    },
    now: Date,
  ): Promise<StoreCredit>;
  /** Newest first. */
  listEntries(
    customerId: string,
    before: bigint | undefined,
    limit: number,
  ): Promise<readonly StoredValueEntry[]>;
}

/** Bounds how often somebody may try codes that do not exist. */
export interface GuessLimit {
  /** True if this principal has tried too often. */
  isExceeded(principalId: string): Promise<boolean>;
  /** Notes a code that did not exist. */
  failed(principalId: string): Promise<void>;
}

/** What the use cases of gift cards and store credit need. */
export interface StoredValuePorts {
  readonly giftCards: GiftCardStore;
  readonly storeCredit: StoreCreditStore;
  readonly guesses: GuessLimit;
  /** The code of the nth card of an issue: the same for the same request, so that it need not be stored. */
  readonly codeOf: (requestId: string, index: number) => string;
  readonly clock: Clock;
  readonly log: Logger;
}
