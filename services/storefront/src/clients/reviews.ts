import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import type { Reviews } from '../app/ports.ts';

/** Reviews over gRPC. */
export function reviewsOf(client: Client<typeof ReviewService>): Reviews {
  return {
    async rating(productId, signal) {
      const { summary } = await client.getRatingSummary({ productId }, { signal });
      return { reviewCount: Number(summary?.reviewCount ?? 0), meanRating: summary?.meanRating ?? 0 };
    },
    async newest(productId, pageSize, signal) {
      const { reviews } = await client.listReviews({ productId, pageSize }, { signal });
      return reviews.map(({ reviewId, rating, title, body, createTime }) => ({
        reviewId,
        rating,
        title,
        body,
        createTime: createTime && timestampDate(createTime),
      }));
    },
  };
}
