/** What one change of a review does to the summary of its product. */
export interface RatingEffect {
  /** The same effect always has the same id, so that it counts once. */
  readonly id: string;
  /** 1 to 5. */
  readonly rating: number;
  /** One review more, or one less. */
  readonly change: 1 | -1;
}

/** How many published reviews gave 1, 2, 3, 4 and 5. */
export type RatingCounts = readonly [number, number, number, number, number];

/** A product without reviews. */
export const NO_RATINGS: RatingCounts = [0, 0, 0, 0, 0];

/** How many reviews there are, and the mean of their ratings: 0 when there are none. */
export function summarise(counts: RatingCounts): { count: number; mean: number } {
  const count = counts.reduce((sum, many) => sum + many, 0);
  const stars = counts.reduce((sum, many, index) => sum + many * (index + 1), 0);
  return { count, mean: count === 0 ? 0 : stars / count };
}
