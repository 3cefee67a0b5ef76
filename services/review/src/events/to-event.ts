import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ReviewDeletedSchema, ReviewPublishedSchema } from '@souk/gen/souk/review/events/v1/review_events_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { ReviewFact } from '../domain/review.ts';

/** Turns what happened to a review into the message that tells of it. */
export function toEvent(host: ServiceHost, { type, review, time }: ReviewFact): Envelope {
  const common = {
    reviewId: review.id,
    version: BigInt(review.version),
    occurTime: timestampFromDate(time),
    productId: review.productId,
    rating: review.rating,
  };
  const options = { subject: review.id, time };
  return type === 'published'
    ? fact(host, ReviewPublishedSchema, { ...common, locale: review.locale }, options)
    : fact(host, ReviewDeletedSchema, common, options);
}
