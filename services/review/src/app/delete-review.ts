import { aborted, notFound } from '@souk/kernel';
import { withdraw } from '../domain/review.ts';
import type { ReviewPorts } from './ports.ts';
import { settle } from './settle-ratings.ts';

const ATTEMPTS = 5;

/**
 * Withdraws a review; one that is withdrawn stays so.
 *
 * @param customerId whose review it must be; anybody's when `undefined`.
 * @throws REVIEW_NOT_FOUND
 */
export async function deleteReview(
  ports: ReviewPorts,
  reviewId: string,
  customerId: string | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await ports.reviews.find(reviewId);
    if (before === undefined || (customerId !== undefined && before.customerId !== customerId))
      throw notFound('REVIEW_NOT_FOUND', 'there is no such review');
    const review = withdraw(before);
    if (review === undefined) return;
    if (!(await ports.reviews.save(review, { type: 'deleted', review, time: ports.clock.now() }))) continue;
    await settle(ports, review);
    return;
  }
  throw aborted('CONFLICT', 'the review is being changed by somebody else', { retryAfterMs: 100 });
}
