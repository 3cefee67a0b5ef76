import type { ServiceImpl } from '@connectrpc/connect';
import { ListReviewsRequestSchema, type ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { callOf, fingerprintOf, ownerScope, type PageTokens, pageSizeOf } from '@souk/rpc';
import { createReview } from '../app/create-review.ts';
import { deleteReview } from '../app/delete-review.ts';
import { getRatings } from '../app/get-ratings.ts';
import type { ReviewPorts } from '../app/ports.ts';
import { rebuildRatings } from '../app/rebuild-ratings.ts';
import { cursorFromToken, cursorToToken, draftFromProto } from './from-proto.ts';
import { reviewToProto, summaryToProto } from './to-proto.ts';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

/** Review's RPCs. */
export function reviewHandlers(
  ports: ReviewPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof ReviewService> {
  return {
    async createReview(request, context) {
      const { principal, fingerprint } = callOf(context);
      const review = await createReview(ports, draftFromProto(request, principal.id, fingerprint));
      return { review: reviewToProto(review) };
    },

    async listReviews(request) {
      const fingerprint = fingerprintOf(ListReviewsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
      const after = cursorFromToken(pageTokens.decode(request.pageToken, fingerprint));
      const found = await ports.reviews.list(request.productId, after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const hasMore = found.length > limit && last !== undefined;
      return {
        reviews: page.map(reviewToProto),
        nextPageToken: hasMore
          ? pageTokens.encode(cursorToToken({ createTime: last.createTime, reviewId: last.id }), fingerprint)
          : '',
      };
    },

    async getRatingSummary(request) {
      const [summary] = await getRatings(ports, [request.productId]);
      return summary === undefined ? {} : { summary: summaryToProto(summary) };
    },

    async batchGetRatingSummaries(request) {
      return { summaries: (await getRatings(ports, request.productIds)).map(summaryToProto) };
    },

    async deleteReview(request, context) {
      const scope = ownerScope(context);
      await deleteReview(ports, request.reviewId, scope.kind === 'own' ? scope.id : undefined);
      return {};
    },

    async rebuildRatings(request) {
      const { compared, differing, skipped } = await rebuildRatings(ports, !request.validateOnly);
      return {
        comparedCount: BigInt(compared),
        differingProductIds: [...differing],
        skippedProductIds: [...skipped],
      };
    },
  };
}
