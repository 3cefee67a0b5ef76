import type { CreateReviewRequest } from '@souk/gen/souk/review/v1/review_service_pb';
import type { ReviewCursor } from '../app/ports.ts';
import type { Draft } from '../domain/review.ts';

const DEFAULT_LOCALE = 'en-GB';

/** What a customer writes, from its message. */
export function draftFromProto(request: CreateReviewRequest, customerId: string, fingerprint: string): Draft {
  return {
    productId: request.productId,
    customerId,
    rating: request.rating,
    title: request.title.trim(),
    body: request.body.trim(),
    locale: request.locale === '' ? DEFAULT_LOCALE : request.locale,
    authorName: request.authorName.trim(),
    requestId: request.requestId,
    fingerprint,
  };
}

/** Where a page ends, as it stands in a page token. */
export function cursorToToken({ createTime, reviewId }: ReviewCursor): string[] {
  return [createTime.toISOString(), reviewId];
}

/** Where the page before ended. */
export function cursorFromToken(cursor: readonly string[] | undefined): ReviewCursor | undefined {
  const [createTime, reviewId] = cursor ?? [];
  if (createTime === undefined || reviewId === undefined) return undefined;
  return { createTime: new Date(createTime), reviewId };
}
