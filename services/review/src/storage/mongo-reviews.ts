import type { Envelope } from '@souk/messaging';
import { ensureIndexes, saveNext } from '@souk/mongo';
import type { Collection, Filter } from 'mongodb';
import type { ReviewCursor, ReviewStore } from '../app/ports.ts';
import type { ReviewFact } from '../domain/review.ts';
import { fromDocument, type ReviewDocument, reviewIdOf, toDocument } from './review-document.ts';

/** Creates missing indexes. */
export async function prepareReviews(collection: Collection<ReviewDocument>): Promise<void> {
  await ensureIndexes(collection, [
    { key: { productId: 1, published: 1, createTime: -1, _id: -1 } },
    { key: { effectsSince: 1 }, sparse: true },
  ]);
}

/** What the store is told from outside. */
export interface ReviewEvents {
  /** Turns a fact into the message that is stored in the review's document. */
  readonly toEvent: (fact: ReviewFact) => Envelope;
  /** Told after a save, to relay facts at once. */
  readonly onSaved: () => void;
}

/** Reviews in MongoDB: a review, its events and its effects on the summary are one document, written at once. */
export function mongoReviews(collection: Collection<ReviewDocument>, events: ReviewEvents): ReviewStore {
  return {
    idOf: reviewIdOf,

    async find(reviewId) {
      const document = await collection.findOne({ _id: reviewId });
      return document === null ? undefined : fromDocument(document);
    },

    async list(productId, after, limit) {
      const documents = await collection
        .find({ productId, published: true, ...(after && olderThan(after)) })
        .sort({ createTime: -1, _id: -1 })
        .limit(limit)
        .toArray();
      return documents.map(fromDocument);
    },

    async save(next, fact) {
      const saved = await saveNext(
        collection,
        toDocument(next, fact.time),
        [events.toEvent(fact)],
        fact.time,
      );
      if (saved) events.onSaved();
      return saved;
    },

    async setVerified(reviewId, verified) {
      await collection.updateOne(
        { _id: reviewId, verified: !verified },
        { $set: { verified }, $inc: { version: 1 } },
      );
    },

    async existing(reviewIds) {
      const found = await collection
        .find({ _id: { $in: [...reviewIds] } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray();
      return new Set(found.map(({ _id }) => _id));
    },

    async reviewedProducts(after, limit) {
      const products = await collection
        .aggregate<{ _id: string }>([
          { $match: { productId: { $gt: after } } },
          { $group: { _id: '$productId' } },
          { $sort: { _id: 1 } },
          { $limit: limit },
        ])
        .toArray();
      return products.map(({ _id }) => _id);
    },

    async withEffects(before, limit) {
      const documents = await collection
        .find({ effectsSince: { $lt: before } })
        .sort({ effectsSince: 1 })
        .limit(limit)
        .toArray();
      return documents.map(fromDocument);
    },

    async dropEffects(reviewId, effectIds) {
      // The version grows, so that nobody who read the effects before writes them back.
      await collection.updateOne(
        { _id: reviewId, 'effects.id': { $in: [...effectIds] } },
        { $pull: { effects: { id: { $in: [...effectIds] } } }, $inc: { version: 1 } },
      );
      await collection.updateOne({ _id: reviewId, effects: { $size: 0 } }, { $unset: { effectsSince: '' } });
    },
  };
}

function olderThan({ createTime, reviewId }: ReviewCursor): Filter<ReviewDocument> {
  return { $or: [{ createTime: { $lt: createTime } }, { createTime, _id: { $lt: reviewId } }] };
}
