import { createHash } from 'node:crypto';
import type { Aggregate } from '@souk/mongo';
import type { PurchaseKey } from '../domain/purchase.ts';
import type { RatingEffect } from '../domain/rating.ts';
import type { Review } from '../domain/review.ts';

/** A review as it is stored. */
export interface ReviewDocument extends Aggregate, Omit<Review, 'id' | 'version' | 'effects'> {
  effects: RatingEffect[];
  /** Since when there are effects; absent when there are none, so that a sparse index finds those that have. */
  effectsSince: Date | undefined;
}

/** The review's id: a UUID (version 8) made of a hash, the same for the same product and customer. */
export function reviewIdOf({ productId, customerId }: PurchaseKey): string {
  const hash = createHash('sha256').update(`${productId}\n${customerId}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A review as its document. */
export function toDocument(review: Review, now: Date): ReviewDocument {
  const { id, effects, ...fields } = review;
  return {
    _id: id,
    ...fields,
    effects: [...effects],
    effectsSince: effects.length > 0 ? now : undefined,
  };
}

/** A review from its document. */
export function fromDocument(document: ReviewDocument): Review {
  return {
    id: document._id,
    productId: document.productId,
    customerId: document.customerId,
    rating: document.rating,
    title: document.title,
    body: document.body,
    locale: document.locale,
    authorName: document.authorName,
    requestId: document.requestId,
    fingerprint: document.fingerprint,
    published: document.published,
    verified: document.verified,
    version: document.version,
    createTime: document.createTime,
    effects: document.effects,
  };
}
