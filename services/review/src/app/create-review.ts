import { aborted, precondition } from '@souk/kernel';
import { type Draft, isRetry, publish, type Review } from '../domain/review.ts';
import type { ReviewPorts } from './ports.ts';
import { settle } from './settle-ratings.ts';

const ATTEMPTS = 5;

/**
 * Publishes a customer's review of a product it keeps.
 *
 * @throws PURCHASE_REQUIRED, REVIEW_EXISTS, REQUEST_ID_REUSED
 */
export async function createReview(ports: ReviewPorts, draft: Draft): Promise<Review> {
  const { reviews, purchases, clock } = ports;
  const id = reviews.idOf(draft);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await reviews.find(id);
    if (isRetry(before, draft)) return before;
    if (!(await purchases.keepsSome(draft)))
      throw precondition('PURCHASE_REQUIRED', 'only who bought the product, and keeps it, can review it', {
        metadata: { product_id: draft.productId },
      });
    const now = clock.now();
    const review = publish(id, before, draft, now);
    if (!(await reviews.save(review, { type: 'published', review, time: now }))) continue;
    await settle(ports, review);
    return verifyAgain(ports, review);
  }
  throw aborted('CONFLICT', 'the review is being changed by somebody else', { retryAfterMs: 100 });
}

/** The purchase may have been given back between the look at it and the review that the news of it then did not find. */
async function verifyAgain(ports: ReviewPorts, review: Review): Promise<Review> {
  if (await ports.purchases.keepsSome(review)) return review;
  await ports.reviews.setVerified(review.id, false);
  return { ...review, verified: false };
}
