import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type RatingSummary as RatingSummaryMessage,
  RatingSummarySchema,
  type Review as ReviewMessage,
  ReviewSchema,
} from '@souk/gen/souk/review/v1/review_pb';
import type { RatingSummary } from '../app/get-ratings.ts';
import type { Review } from '../domain/review.ts';

/** A review as its message. Who wrote it stays here. */
export function reviewToProto(review: Review): ReviewMessage {
  return create(ReviewSchema, {
    reviewId: review.id,
    productId: review.productId,
    rating: review.rating,
    title: review.title,
    body: review.body,
    locale: review.locale,
    authorName: review.authorName,
    verifiedPurchase: review.verified,
    createTime: timestampFromDate(review.createTime),
  });
}

/** A summary as its message. */
export function summaryToProto(summary: RatingSummary): RatingSummaryMessage {
  return create(RatingSummarySchema, {
    productId: summary.productId,
    reviewCount: BigInt(summary.count),
    meanRating: summary.mean,
    ratingCounts: summary.counts.map(BigInt),
  });
}
