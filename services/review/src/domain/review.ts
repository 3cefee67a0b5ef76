import { alreadyExists, invalid } from '@souk/kernel';
import type { RatingEffect } from './rating.ts';

/** What a customer writes. */
export interface Draft {
  readonly productId: string;
  readonly customerId: string;
  /** 1 to 5. */
  readonly rating: number;
  readonly title: string;
  readonly body: string;
  /** BCP 47 tag. */
  readonly locale: string;
  readonly authorName: string;
  /** The caller's `request_id`; empty when it gave none. */
  readonly requestId: string;
  /** A hash of the request that the draft came in. */
  readonly fingerprint: string;
}

/** A customer's review of a product. Stays when it is withdrawn, so that its versions go on when it is written anew. */
export interface Review extends Draft {
  /** Derived from product and customer. */
  readonly id: string;
  readonly published: boolean;
  /** Whether the customer keeps some of the product. */
  readonly verified: boolean;
  /** Counts the changes, from 1. */
  readonly version: number;
  readonly createTime: Date;
  /** What its changes do to the product's summary and the summary may not have yet. */
  readonly effects: readonly RatingEffect[];
}

/** What happened to a review; published to whoever listens. */
export interface ReviewFact {
  readonly type: 'published' | 'deleted';
  readonly review: Review;
  readonly time: Date;
}

/**
 * The review after its customer has written it.
 *
 * @param before what there is of it already.
 * @throws REVIEW_EXISTS when it is published.
 */
export function publish(id: string, before: Review | undefined, draft: Draft, now: Date): Review {
  if (before?.published === true)
    throw alreadyExists('REVIEW_EXISTS', 'the customer has a review of this product', {
      metadata: { review_id: id },
    });
  const version = (before?.version ?? 0) + 1;
  return {
    ...draft,
    id,
    published: true,
    verified: true,
    version,
    createTime: now,
    effects: [...(before?.effects ?? []), effectOf(id, version, draft.rating, 1)],
  };
}

/** The review after it was withdrawn; `undefined` when it is already. */
export function withdraw(before: Review): Review | undefined {
  if (!before.published) return undefined;
  const version = before.version + 1;
  return {
    ...before,
    published: false,
    version,
    effects: [...before.effects, effectOf(before.id, version, before.rating, -1)],
  };
}

/**
 * Whether a draft is the retry of the one that made the review.
 *
 * @throws REQUEST_ID_REUSED when the id is the same and the request is not.
 */
export function isRetry(before: Review | undefined, draft: Draft): before is Review {
  if (before?.published !== true || draft.requestId === '' || before.requestId !== draft.requestId)
    return false;
  if (before.fingerprint === draft.fingerprint) return true;
  throw invalid('REQUEST_ID_REUSED', 'the request id was used for another request', { field: 'request_id' });
}

function effectOf(id: string, version: number, rating: number, change: 1 | -1): RatingEffect {
  return { id: `${id}:${version}`, rating, change };
}
