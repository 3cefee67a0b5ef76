import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, Code, ConnectError } from '@connectrpc/connect';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderLinesCancelledSchema,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { CustomerKind } from '@souk/gen/souk/order/v1/order_pb';
import { ReviewDeletedSchema, ReviewPublishedSchema } from '@souk/gen/souk/review/events/v1/review_events_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { newId, type ServiceHost, systemClock } from '@souk/kernel';
import { connectKafka, fact, type KafkaBroker, on } from '@souk/messaging';
import { errorInfoOf } from '@souk/rpc';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { MongoClient } from 'mongodb';
import type { RatingDocument } from '../src/storage/mongo-ratings.ts';
import { type ReviewDocument, reviewIdOf } from '../src/storage/review-document.ts';
import { service } from '../src/service.ts';

let running: TestService;
let orderHost: ServiceHost;
let kafka: KafkaBroker;
let mongo: MongoClient;

beforeAll(async () => {
  running = await startTestService(service);
  const nothing = (): undefined => undefined;
  orderHost = {
    name: 'order',
    namespace: running.namespace,
    clock: systemClock,
    engines: running.engines,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    onStop: nothing,
    healthCheck: nothing,
  };
  kafka = connectKafka(orderHost);
  mongo = new MongoClient(running.engines.mongodb);
});
afterAll(async () => {
  await kafka.close();
  await mongo.close();
  await running.stop();
});

const as = (id: string, permissions: string[] = []): Client<typeof ReviewService> =>
  running.client(ReviewService, { principal: { kind: 'user', id, permissions } });

async function buys(customerId: string, ...productIds: string[]): Promise<string> {
  const orderId = newId();
  const lines = productIds.map((productId) => ({ lineId: newId(), productId, sku: productId, quantity: 2 }));
  const confirmed = { orderId, customerId, customerKind: CustomerKind.ACCOUNT, lines };
  await kafka.publish([fact(orderHost, OrderConfirmedSchema, confirmed, { subject: orderId })]);
  return orderId;
}

async function givesBack(
  customerId: string,
  orderId: string,
  productId: string,
  quantity: number,
): Promise<void> {
  const message = {
    orderId,
    returnId: newId(),
    customerId,
    customerKind: CustomerKind.ACCOUNT,
    lines: [{ lineId: newId(), productId, sku: productId, quantity }],
  };
  const returned = fact(orderHost, ReturnCompletedSchema, message, { subject: orderId });
  await kafka.publish([returned, returned]);
}

async function review(customerId: string, productId: string, rating: number): Promise<string> {
  return eventually(async () => {
    const { review: published } = await as(customerId).createReview({ productId, rating, title: 'A title' });
    return published?.reviewId ?? '';
  });
}

async function failure(call: Promise<unknown>): Promise<{ code: string; reason: string | undefined }> {
  try {
    await call;
  } catch (error) {
    return { code: Code[ConnectError.from(error).code], reason: errorInfoOf(error)?.reason };
  }
  throw new Error('the call succeeded');
}

async function summaryOf(productId: string): Promise<{ count: number; mean: number; counts: number[] }> {
  const { summary } = await running.client(ReviewService).getRatingSummary({ productId });
  return {
    count: Number(summary?.reviewCount),
    mean: summary?.meanRating ?? Number.NaN,
    counts: (summary?.ratingCounts ?? []).map(Number),
  };
}

describe('CreateReview', () => {
  it('takes a purchase', async () => {
    const productId = newId();
    const call = as(newId()).createReview({ productId, rating: 5 });
    expect(await failure(call)).toEqual({ code: 'FailedPrecondition', reason: 'PURCHASE_REQUIRED' });
  });

  it('publishes one review per customer and product, once per request id', async () => {
    const [customer, productId] = [newId(), newId()];
    await buys(customer, productId);
    const requestId = newId();
    const write = (rating: number, id: string): ReturnType<Client<typeof ReviewService>['createReview']> =>
      as(customer).createReview({ productId, rating, requestId: id, title: ' Good ', authorName: 'Ada' });
    const first = await eventually(() => write(5, requestId));
    expect(first.review).toMatchObject({ rating: 5, title: 'Good', locale: 'en-GB', verifiedPurchase: true });
    expect((await write(5, requestId)).review?.reviewId).toBe(first.review?.reviewId);
    expect((await failure(write(4, requestId))).reason).toBe('REQUEST_ID_REUSED');
    expect(await failure(write(5, newId()))).toEqual({ code: 'AlreadyExists', reason: 'REVIEW_EXISTS' });
    expect(await summaryOf(productId)).toEqual({ count: 1, mean: 5, counts: [0, 0, 0, 0, 1] });
  });

  it('refuses ratings outside 1 to 5, guests and strangers', async () => {
    const productId = newId();
    expect((await failure(as(newId()).createReview({ productId, rating: 6 }))).code).toBe('InvalidArgument');
    const guest = running.client(ReviewService, { principal: { kind: 'guest', id: newId() } });
    expect((await failure(guest.createReview({ productId, rating: 5 }))).code).toBe('PermissionDenied');
    const nobody = running.client(ReviewService);
    expect((await failure(nobody.createReview({ productId, rating: 5 }))).code).toBe('Unauthenticated');
  });
});

describe('a purchase that is given back', () => {
  it('keeps a review verified until the last unit is back, however often the news comes', async () => {
    const [customer, productId] = [newId(), newId()];
    const orderId = await buys(customer, productId);
    await review(customer, productId, 4);
    const verified = async (): Promise<boolean | undefined> =>
      (await running.client(ReviewService).listReviews({ productId })).reviews[0]?.verifiedPurchase;
    await givesBack(customer, orderId, productId, 1);
    await givesBack(customer, orderId, productId, 1);
    await eventually(async () => expect(await verified()).toBe(false));
    await buys(customer, productId);
    await eventually(async () => expect(await verified()).toBe(true));
  });

  it('no longer lets its customer write one', async () => {
    const [customer, productId, other] = [newId(), newId(), newId()];
    const orderId = await buys(customer, productId, other);
    const cancelled = {
      orderId,
      customerId: customer,
      customerKind: CustomerKind.ACCOUNT,
      lines: [{ lineId: newId(), productId, sku: productId, quantity: 1 }],
    };
    const partly = { ...cancelled, cancellationId: newId() };
    await kafka.publish([
      fact(orderHost, OrderLinesCancelledSchema, partly, { subject: orderId }),
      fact(orderHost, OrderCancelledSchema, cancelled, { subject: orderId }),
    ]);
    await review(customer, other, 3);
    await eventually(async () => {
      const call = as(customer).createReview({ productId, rating: 5, requestId: newId() });
      expect((await failure(call)).reason).toBe('PURCHASE_REQUIRED');
    });
  });
});

describe('ListReviews', () => {
  it('pages through the published ones, newest first', async () => {
    const productId = newId();
    const customers = Array.from({ length: 5 }, () => newId());
    const made: string[] = [];
    for (const customer of customers) {
      await buys(customer, productId);
      made.push(await review(customer, productId, 5));
    }
    await as(customers[0] ?? '').deleteReview({ reviewId: made[0] ?? '' });
    const found: string[] = [];
    let pageToken = '';
    do {
      const page = await running.client(ReviewService).listReviews({ productId, pageSize: 2, pageToken });
      found.push(...page.reviews.map(({ reviewId }) => reviewId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(found).toEqual(made.slice(1).reverse());
  });
});

describe('DeleteReview', () => {
  it('is for the customer and for who moderates; the customer may write anew', async () => {
    const [customer, productId] = [newId(), newId()];
    await buys(customer, productId);
    const reviewId = await review(customer, productId, 1);
    expect(await failure(as(newId()).deleteReview({ reviewId }))).toEqual({
      code: 'NotFound',
      reason: 'REVIEW_NOT_FOUND',
    });
    await as(newId(), ['review.reviews.moderate']).deleteReview({ reviewId });
    await as(customer).deleteReview({ reviewId });
    expect((await summaryOf(productId)).count).toBe(0);
    expect(await review(customer, productId, 3)).toBe(reviewId);
    expect(await summaryOf(productId)).toEqual({ count: 1, mean: 3, counts: [0, 0, 1, 0, 0] });

    const seen = await eventually(async () => {
      const facts: string[] = [];
      await kafka.readAll({
        handlers: [
          on(ReviewPublishedSchema, async (message) => {
            if (message.reviewId === reviewId) facts.push(`published ${message.rating}`);
          }),
          on(ReviewDeletedSchema, async (message) => {
            if (message.reviewId === reviewId) facts.push(`deleted ${message.rating}`);
          }),
        ],
      });
      if (facts.length < 3) throw new Error(`only ${facts.length} facts so far`);
      return facts;
    });
    expect(seen).toEqual(['published 1', 'deleted 1', 'published 3']);
  });
});

describe('the summary', () => {
  it('equals a recount after many reviews at once, and what a crash left is added up later', async () => {
    const productId = newId();
    const customers = Array.from({ length: 12 }, () => newId());
    await Promise.all(customers.map((customer) => buys(customer, productId)));
    await Promise.all(customers.map((customer, index) => review(customer, productId, (index % 5) + 1)));
    const expected = { count: 12, mean: 33 / 12, counts: [3, 3, 2, 2, 2] };
    expect(await summaryOf(productId)).toEqual(expected);

    const db = mongo.db(`${running.namespace}_review`);
    const reviews = db.collection<ReviewDocument>('reviews');
    const ratings = db.collection<RatingDocument>('ratings');
    // As if the process had died after applying an effect, and after storing one.
    const [applied = '', stored = ''] = customers.map((customerId) => reviewIdOf({ productId, customerId }));
    const effectsSince = new Date(0);
    const again = { id: `${applied}:1`, rating: 1, change: 1 } as const;
    await reviews.updateOne({ _id: applied }, { $set: { effects: [again], effectsSince } });
    const late = { id: `${stored}:9`, rating: 2, change: 1 } as const;
    await reviews.updateOne({ _id: stored }, { $set: { effects: [late], effectsSince } });
    await eventually(async () => {
      expect(await reviews.countDocuments({ productId, effectsSince: { $exists: true } })).toBe(0);
    });
    expect((await summaryOf(productId)).counts).toEqual([3, 4, 2, 2, 2]);

    const admin = as(newId(), ['review.ratings.write']);
    const compared = await admin.rebuildRatings({ validateOnly: true });
    expect(compared.differingProductIds).toEqual([productId]);
    expect((await summaryOf(productId)).count).toBe(13);
    expect((await admin.rebuildRatings({})).differingProductIds).toEqual([productId]);
    expect(await summaryOf(productId)).toEqual(expected);

    await ratings.deleteMany({});
    expect((await admin.rebuildRatings({})).skippedProductIds).toEqual([]);
    expect(await summaryOf(productId)).toEqual(expected);
    expect((await admin.rebuildRatings({})).differingProductIds).toEqual([]);
  });

  it('comes for many products at once, in their order, within the mesh only', async () => {
    const [customer, rated, unrated] = [newId(), newId(), newId()];
    await buys(customer, rated);
    await review(customer, rated, 2);
    const asStorefront = running.client(ReviewService, { caller: 'storefront' });
    const { summaries } = await asStorefront.batchGetRatingSummaries({
      productIds: [unrated, rated, unrated],
    });
    expect(summaries.map(({ productId, reviewCount }) => [productId, reviewCount])).toEqual([
      [unrated, 0n],
      [rated, 1n],
    ]);
    const outside = running.client(ReviewService).batchGetRatingSummaries({ productIds: [rated] });
    expect((await failure(outside)).code).toBe('PermissionDenied');
  });
});
