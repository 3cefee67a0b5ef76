import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { connectKafka } from '@souk/messaging';
import { openMongo, relayPendingEvents } from '@souk/mongo';
import { implement, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import type { ReviewPorts } from './app/ports.ts';
import { settleLeft } from './app/settle-ratings.ts';
import { config } from './config.ts';
import { onOrderFacts } from './events/on-order-facts.ts';
import { toEvent } from './events/to-event.ts';
import { reviewHandlers } from './grpc/review-handlers.ts';
import { mongoPurchases, type PurchaseDocument } from './storage/mongo-purchases.ts';
import { mongoRatings, type RatingDocument } from './storage/mongo-ratings.ts';
import { mongoReviews, prepareReviews } from './storage/mongo-reviews.ts';
import { recentRatings } from './storage/recent-ratings.ts';
import type { ReviewDocument } from './storage/review-document.ts';

/** Review: what customers think of what they bought, and what it adds up to. */
export const service = defineService({
  name: 'review',
  config,
  async start(ctx) {
    const { db } = openMongo(ctx);
    const kafka = connectKafka(ctx);
    const reviews = db.collection<ReviewDocument>('reviews');
    await prepareReviews(reviews);
    const relay = await relayPendingEvents(ctx, reviews, kafka);

    const ports: ReviewPorts = {
      reviews: mongoReviews(reviews, {
        toEvent: (happened) => toEvent(ctx, happened),
        onSaved: () => relay.kick(),
      }),
      ratings: recentRatings(mongoRatings(db.collection<RatingDocument>('ratings'), reviews), ctx.clock),
      purchases: mongoPurchases(db.collection<PurchaseDocument>('purchases')),
      clock: ctx.clock,
      log: ctx.log,
    };
    kafka.consume({ group: 'purchases', batch: onOrderFacts(ports) });
    ctx.worker('settle-ratings', (signal) => settleLeft(ports, signal));

    return {
      rpc: [implement(ReviewService, reviewHandlers(ports, new PageTokens(ctx.secret('page-tokens'))))],
    };
  },
});
