import { NO_RATINGS, type RatingCounts, summarise } from '../domain/rating.ts';
import type { ReviewPorts } from './ports.ts';

/** What the reviews of a product add up to. */
export interface RatingSummary {
  readonly productId: string;
  readonly counts: RatingCounts;
  readonly count: number;
  readonly mean: number;
}

/** The summaries of products, in the order asked for, each product once. */
export async function getRatings(
  ports: ReviewPorts,
  productIds: readonly string[],
): Promise<RatingSummary[]> {
  const distinct = [...new Set(productIds)];
  const found = await ports.ratings.find(distinct);
  return distinct.map((productId) => {
    const counts = found.get(productId) ?? NO_RATINGS;
    return { productId, counts, ...summarise(counts) };
  });
}
