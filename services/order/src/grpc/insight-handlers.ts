import type { ServiceImpl } from '@connectrpc/connect';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { callOf } from '@souk/rpc';
import { exportOrders } from '../app/export-orders.ts';
import { orderStatistics, type StatisticsStore } from '../app/order-statistics.ts';
import type { OrderPorts } from '../app/ports.ts';
import { ORDER_STATES } from '../events/contract-enums.ts';
import { exportWriter } from './export-rows.ts';
import { dateFromProto, requiredDate } from './from-proto.ts';
import { statisticsToProto } from './statistics-to-proto.ts';

/** The RPCs that read many orders at once. */
export function insightHandlers(
  { store }: Pick<OrderPorts, 'store'>,
  statistics: StatisticsStore,
): Pick<ServiceImpl<typeof OrderService>, 'exportOrders' | 'getOrderStatistics'> {
  return {
    async *exportOrders(request, context) {
      const { contentType, header, write } = exportWriter(request.format);
      const piece = (text: string): { chunk: { contentType: string; data: Uint8Array<ArrayBuffer> } } => ({
        chunk: { contentType, data: new TextEncoder().encode(text) },
      });
      const batches = exportOrders(
        store,
        {
          customerId: request.customerId === '' ? undefined : request.customerId,
          states: request.states.flatMap((state) => ORDER_STATES.fromProto(state) ?? []),
          from: dateFromProto(request.startTime),
          until: dateFromProto(request.endTime),
          email: undefined,
          sku: request.sku === '' ? undefined : request.sku,
          orderIds: undefined,
        },
        callOf(context).signal,
      );
      // The first piece goes out even when no order follows: it says what the file is.
      yield piece(header);
      for await (const batch of batches) yield piece(batch.map(write).join(''));
    },

    async getOrderStatistics(request) {
      const found = await orderStatistics(
        statistics,
        requiredDate(request.startTime, 'start_time'),
        requiredDate(request.endTime, 'end_time'),
      );
      return { statistics: statisticsToProto(found) };
    },
  };
}
