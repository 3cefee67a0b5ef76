import type { ServiceImpl } from '@connectrpc/connect';
import {
  ListDeliveriesRequestSchema,
  type NotificationService,
} from '@souk/gen/souk/notification/v1/notification_service_pb';
import { notFound } from '@souk/kernel';
import { fingerprintOf, type PageTokens, pageSizeOf } from '@souk/rpc';
import type { NotificationPorts } from '../app/ports.ts';
import { cursorFromToken, cursorToToken, filterFromProto } from './from-proto.ts';
import { deliveryToProto } from './to-proto.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

/** Notification's RPCs. */
export function notificationHandlers(
  { deliveries }: Pick<NotificationPorts, 'deliveries'>,
  pageTokens: PageTokens,
): ServiceImpl<typeof NotificationService> {
  return {
    async getDelivery({ deliveryId }) {
      const delivery = await deliveries.find(deliveryId);
      if (delivery === undefined) throw notFound('DELIVERY_NOT_FOUND', 'there is no such delivery');
      return { delivery: deliveryToProto(delivery) };
    },

    async listDeliveries(request) {
      const fingerprint = fingerprintOf(ListDeliveriesRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
      const after = cursorFromToken(pageTokens.decode(request.pageToken, fingerprint));
      const found = await deliveries.list(filterFromProto(request), after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const hasMore = found.length > limit && last !== undefined;
      return {
        deliveries: page.map(deliveryToProto),
        nextPageToken: hasMore
          ? pageTokens.encode(
              cursorToToken({ createTime: last.createTime, deliveryId: last.id }),
              fingerprint,
            )
          : '',
      };
    },
  };
}
