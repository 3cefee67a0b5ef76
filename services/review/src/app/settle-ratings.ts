import { pause } from '@souk/kernel';
import type { Review } from '../domain/review.ts';
import type { ReviewPorts } from './ports.ts';

const EVERY_MS = 1_000;
const LEFT_AFTER_MS = 2_000;
const BATCH = 100;
/** Longer than any call or process that might still apply an effect lives without finishing. */
const REMEMBER_MS = 3_600_000;

/**
 * Applies a review's effects to the summary of its product. The effects were stored with the review; what fails here is left
 * to `settleLeft`.
 */
export async function settle(ports: ReviewPorts, review: Review): Promise<void> {
  try {
    await applyEffects(ports, review);
  } catch (err) {
    ports.log.warn({ err, review_id: review.id }, 'a rating was not added up yet');
  }
}

/** Applies, for as long as the service runs, effects that a crash or an outage left in reviews. */
export async function settleLeft(ports: ReviewPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const now = ports.clock.now().getTime();
    const left = await settleBatch(ports, new Date(now - LEFT_AFTER_MS));
    // Only what no review waits for any more may be forgotten.
    if (left === 0) await ports.ratings.forgetApplied(new Date(now - REMEMBER_MS));
    if (left < BATCH) await pause(EVERY_MS, signal);
  }
}

/** Applies effects that were stored before a time, of some reviews. Returns of how many. */
export async function settleBatch(ports: ReviewPorts, before: Date): Promise<number> {
  const left = await ports.reviews.withEffects(before, BATCH);
  for (const review of left) await applyEffects(ports, review);
  return left.length;
}

async function applyEffects(ports: ReviewPorts, review: Review): Promise<void> {
  for (const effect of review.effects) await ports.ratings.apply(review.productId, effect, ports.clock.now());
  await ports.reviews.dropEffects(
    review.id,
    review.effects.map(({ id }) => id),
  );
}
