import type { PriceList } from '../domain/price-list.ts';
import type { PriceWindow } from '../domain/price-window.ts';
import type { Promotion } from '../domain/promotion.ts';
import type { DatedRate, TaxSchedule } from '../domain/tax.ts';
import type { ListPrice } from '../domain/unit-price.ts';

/** Price lists, promotions and tax rates: few enough to be held in memory as a whole. */
export interface Rules {
  readonly lists: ReadonlyMap<string, PriceList>;
  readonly promotions: readonly Promotion[];
  /** By `taxKey`. */
  readonly taxes: ReadonlyMap<string, TaxSchedule>;
}

/** Reads the rules, at most 1 s old. */
export interface RuleBook {
  current(): Promise<Rules>;
  /** Makes the next `current` read anew; to be called after a change. */
  refresh(): void;
}

/** Reads prices by SKU, in one batch; SKUs without any price are left out. */
export interface Prices {
  bySku(skus: readonly string[]): Promise<ReadonlyMap<string, readonly ListPrice[]>>;
  /** Forgets cached prices after a change. */
  forget(skus: readonly string[]): Promise<void>;
}

/** The tax classes of SKUs, from catalog; unknown SKUs are left out. */
export interface TaxClasses {
  bySku(skus: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** The price of one SKU in one list as it is stored. */
export interface StoredPrice {
  readonly priceListId: string;
  readonly sku: string;
  readonly currency: string;
  readonly windows: readonly PriceWindow[];
  /** 0 while there is none. */
  readonly version: number;
}

/** A price to change: its windows are set one after the other. */
export interface PriceChange {
  readonly priceListId: string;
  readonly sku: string;
  readonly currency: string;
  readonly set: readonly PriceWindow[];
}

/** Stores prices together with the facts and the history that tell of their changes. */
export interface PriceStore {
  /**
   * Applies changes of different prices, each as one atomic step.
   *
   * @returns for each change, in order, the version afterwards and whether anything changed.
   * @throws DomainError `PRICE_WINDOW_LIMIT`, `CONCURRENT_UPDATE` (aborted).
   */
  apply(changes: readonly PriceChange[]): Promise<readonly { version: number; changed: boolean }[]>;
}

/** An entry of a SKU's price history. */
export interface HistoryEntry {
  /** Sorts by time. */
  readonly id: string;
  readonly priceListId: string;
  readonly sku: string;
  readonly currency: string;
  readonly window: PriceWindow;
  readonly time: Date;
}

/** The append-only history of prices. */
export interface PriceHistory {
  /** Entries of a SKU, newest first, older than `before`. */
  list(query: {
    readonly sku: string;
    readonly priceListId: string | undefined;
    readonly before: string | undefined;
    readonly limit: number;
  }): Promise<readonly HistoryEntry[]>;
}

/** Stores price lists. */
export interface PriceListStore {
  /**
   * Creates or replaces lists.
   *
   * @throws DomainError `PRICE_LIST_CURRENCY_FIXED` (precondition).
   */
  upsert(lists: readonly PriceList[]): Promise<void>;
  /** Lists by id, after `after`. */
  list(after: string | undefined, limit: number): Promise<readonly PriceList[]>;
}

/** A promotion with what the store knows about it. */
export interface StoredPromotion extends Promotion {
  readonly version: number;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** Place of a promotion in lists, newest first. */
export interface PromotionCursor {
  readonly createTime: Date;
  readonly id: string;
}

/** Stores promotions together with the facts that tell of their changes. */
export interface PromotionStore {
  /** Stores a new promotion; one that exists already under the id is returned as it is. */
  create(promotion: Promotion): Promise<StoredPromotion>;
  /**
   * Changes a promotion in one atomic step. `change` may be called more than once and throws to refuse.
   *
   * @throws DomainError `PROMOTION_NOT_FOUND`.
   */
  update(id: string, change: (current: StoredPromotion) => Promotion): Promise<StoredPromotion>;
  /** Promotions, newest first, after a cursor. */
  list(after: PromotionCursor | undefined, limit: number): Promise<readonly StoredPromotion[]>;
}

/** A tax rate to set. */
export interface RateInput {
  readonly country: string;
  readonly taxClass: string;
  readonly rate: DatedRate;
}

/** Stores tax rates. */
export interface TaxStore {
  /** @throws DomainError `CONCURRENT_UPDATE` (aborted). */
  set(rates: readonly RateInput[]): Promise<void>;
}
