import type { Clock, Logger } from '@souk/kernel';
import type { PurchaseChange, PurchaseKey } from '../domain/purchase.ts';
import type { RatingCounts, RatingEffect } from '../domain/rating.ts';
import type { Review, ReviewFact } from '../domain/review.ts';

/** What review's use cases need from outside. */
export interface ReviewPorts {
  readonly reviews: ReviewStore;
  readonly ratings: RatingStore;
  readonly purchases: PurchaseStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where a page of reviews ends: the next one begins with older reviews. */
export interface ReviewCursor {
  readonly createTime: Date;
  readonly reviewId: string;
}

/** Reviews, one document each. */
export interface ReviewStore {
  /** The id of a customer's review of a product, whether or not there is one. */
  idOf(key: PurchaseKey): string;
  find(reviewId: string): Promise<Review | undefined>;
  /** The published reviews of a product, newest first. */
  list(productId: string, after: ReviewCursor | undefined, limit: number): Promise<Review[]>;
  /** Stores the next version with the fact that tells of it; `false` when another version came first. */
  save(next: Review, fact: ReviewFact): Promise<boolean>;
  /** Says whether a review's customer keeps some of the product. Does nothing when there is no such review. */
  setVerified(reviewId: string, verified: boolean): Promise<void>;
  /** Those of the reviews that exist. */
  existing(reviewIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Products that have reviews, withdrawn ones included, by id. */
  reviewedProducts(after: string, limit: number): Promise<string[]>;
  /** Reviews with effects that were not applied before a time, oldest first. */
  withEffects(before: Date, limit: number): Promise<Review[]>;
  /** Drops effects that were applied. */
  dropEffects(reviewId: string, effectIds: readonly string[]): Promise<void>;
}

/** The summaries of products. */
export interface RatingStore {
  /** The counts of the products that have any. */
  find(productIds: readonly string[]): Promise<ReadonlyMap<string, RatingCounts>>;
  /** Applies an effect, once however often it is called within an hour. */
  apply(productId: string, effect: RatingEffect, now: Date): Promise<void>;
  /** Forgets which effects were applied before a time. */
  forgetApplied(before: Date): Promise<void>;
  /**
   * Counts the published reviews of a product anew and, if told to, puts its summary right. `busy`: its reviews changed
   * meanwhile, or effects of theirs wait to be applied.
   */
  recount(productId: string, mend: boolean): Promise<'same' | 'differs' | 'busy'>;
}

/** Who bought what, learnt from orders. */
export interface PurchaseStore {
  /** Records changes; recording one twice is recording it once. */
  record(changes: readonly PurchaseChange[]): Promise<void>;
  /** Whether a customer keeps at least one unit of a product. */
  keepsSome(key: PurchaseKey): Promise<boolean>;
}
