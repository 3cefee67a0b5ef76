import { isDuplicateKey } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { RatingStore } from '../app/ports.ts';
import { NO_RATINGS, type RatingCounts } from '../domain/rating.ts';
import type { ReviewDocument } from './review-document.ts';

interface ByRating {
  r1?: number;
  r2?: number;
  r3?: number;
  r4?: number;
  r5?: number;
}

/** What the reviews of a product add up to, and which effects are in it. */
export interface RatingDocument extends ByRating {
  /** The product's id. */
  _id: string;
  /** Grows with every change. */
  version: number;
  /** Effects that were applied lately; an effect and its mark are written at once. */
  applied: { id: string; at: Date }[];
}

interface Recount extends ByRating {
  readonly waiting: number;
}

/** Summaries in MongoDB. */
export function mongoRatings(
  ratings: Collection<RatingDocument>,
  reviews: Collection<ReviewDocument>,
): RatingStore {
  return {
    async find(productIds) {
      const documents = await ratings
        .find({ _id: { $in: [...productIds] } }, { projection: { applied: 0 } })
        .toArray();
      return new Map(documents.map((document) => [document._id, countsOf(document)]));
    },

    async apply(productId, effect, now) {
      const unlessApplied = { _id: productId, 'applied.id': { $ne: effect.id } };
      const update = {
        $inc: { [`r${effect.rating}`]: effect.change, version: 1 },
        $push: { applied: { id: effect.id, at: now } },
      };
      try {
        await ratings.updateOne(unlessApplied, update, { upsert: true });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // Either the effect was applied, or another one made the document a moment ago.
        await ratings.updateOne(unlessApplied, update);
      }
    },

    async forgetApplied(before) {
      const old = { at: { $lt: before } };
      await ratings.updateMany({ applied: { $elemMatch: old } }, { $pull: { applied: old } });
    },

    async recount(productId, mend) {
      const seen = await ratings.findOne({ _id: productId });
      const { counts, waiting } = await countReviews(reviews, productId);
      // Effects on their way may or may not be in the summary: the caller settles them first.
      if (waiting > 0) return 'busy';
      if (isSame(counts, seen === null ? NO_RATINGS : countsOf(seen))) return 'same';
      if (!mend) return 'differs';
      const [r1, r2, r3, r4, r5] = counts;
      try {
        const result = await ratings.updateOne(
          { _id: productId, version: seen?.version ?? 0 },
          { $set: { r1, r2, r3, r4, r5 }, $inc: { version: 1 } },
          { upsert: seen === null },
        );
        return seen === null || result.matchedCount === 1 ? 'differs' : 'busy';
      } catch (error) {
        if (isDuplicateKey(error)) return 'busy';
        throw error;
      }
    },
  };
}

async function countReviews(
  reviews: Collection<ReviewDocument>,
  productId: string,
): Promise<{ counts: RatingCounts; waiting: number }> {
  const many = (stars: number): object => ({ $sum: publishedWith(stars) });
  const byRating = { r1: many(1), r2: many(2), r3: many(3), r4: many(4), r5: many(5) };
  const waiting = { $sum: { $size: '$effects' } };
  const [counted] = await reviews
    .aggregate<Recount>([{ $match: { productId } }, { $group: { _id: null, ...byRating, waiting } }])
    .toArray();
  if (counted === undefined) return { counts: NO_RATINGS, waiting: 0 };
  return { counts: countsOf(counted), waiting: counted.waiting };
}

function isSame(one: RatingCounts, other: RatingCounts): boolean {
  return one.every((count, index) => count === other[index]);
}

const publishedWith = (stars: number): object => ({
  $cond: [{ $and: ['$published', { $eq: ['$rating', stars] }] }, 1, 0],
});

function countsOf({ r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0 }: ByRating): RatingCounts {
  return [r1, r2, r3, r4, r5];
}
