import type { ServiceImpl } from '@connectrpc/connect';
import {
  ListStockMetricsRequestSchema,
  type WarehouseService,
} from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { callOf, fingerprintOf, type PageTokens, pageSizeOf, principalOf } from '@souk/rpc';
import { bulkUpdate } from '../app/bulk-update.ts';
import { announceStock } from '../app/change-stock.ts';
import { getCount, reconcileCount, startCount } from '../app/count-stock.ts';
import { getKit, getPolicy, setKit, setLocation, setPolicy } from '../app/keep-warehouse.ts';
import type { InventoryPorts } from '../app/ports.ts';
import { stockMetrics } from '../app/stock-metrics.ts';
import { cancelTransfer, createTransfer, getTransfer, receiveTransfer } from '../app/transfer-stock.ts';
import { servingOrder } from '../domain/location.ts';
import { changeCallOf } from './change-call.ts';
import { linesFromProto, locationFromProto } from './from-proto.ts';
import { levelToProto } from './to-proto.ts';
import {
  componentsFromProto,
  componentsToProto,
  countToProto,
  locationOfProto,
  locationToProto,
  lossesFromProto,
  metricsToProto,
  outcomeToProto,
  policyFromProto,
  policyToProto,
  rowFromProto,
  transferFromProto,
  transferToProto,
} from './warehouse-codec.ts';

const DEFAULT_DAYS = 30;

/** What those call who keep the stock. */
export function warehouseHandlers(
  ports: InventoryPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof WarehouseService> {
  return {
    async listLocations() {
      const { locations } = await ports.setup.current();
      const serving = servingOrder(locations, '');
      const others = locations.filter((location) => !location.isActive);
      return { locations: [...serving, ...others].map(locationToProto) };
    },

    async setLocation({ location }) {
      const wanted = locationOfProto(location);
      await setLocation(ports, wanted);
      return { location: locationToProto(wanted) };
    },

    async listStockLevels({ skus }) {
      const levels = await ports.books.levelsOf(skus);
      return { levels: levels.map(levelToProto) };
    },

    getStockPolicy: async ({ sku }) => ({ policy: policyToProto(await getPolicy(ports, sku)) }),

    setStockPolicy: async ({ policy }) => ({
      policy: policyToProto(await setPolicy(ports, policyFromProto(policy))),
    }),

    getKit: async ({ kitSku }) => ({ components: componentsToProto(await getKit(ports, kitSku)) }),

    async setKit({ kitSku, components }) {
      const parts = componentsFromProto(components);
      await setKit(ports, kitSku, parts);
      return { components: componentsToProto(parts) };
    },

    async announceStock(request, context) {
      const receipt = {
        lines: linesFromProto(request.lines),
        locationId: locationFromProto(request.locationId),
        reference: request.reference,
      };
      const levels = await announceStock(
        ports,
        receipt,
        changeCallOf('AnnounceStock', request.requestId, context),
      );
      return { levels: levels.map(levelToProto) };
    },

    async createTransfer(request, context) {
      const transfer = transferFromProto(request);
      return { transfer: transferToProto(await createTransfer(ports, transfer, principalOf(context).id)) };
    },

    getTransfer: async ({ transferId }) => ({
      transfer: transferToProto(await getTransfer(ports, transferId)),
    }),

    async receiveTransfer({ transferId, losses }, context) {
      const actorId = principalOf(context).id;
      const transfer = await receiveTransfer(ports, transferId, lossesFromProto(losses), actorId);
      return { transfer: transferToProto(transfer) };
    },

    async cancelTransfer({ transferId }, context) {
      return { transfer: transferToProto(await cancelTransfer(ports, transferId, principalOf(context).id)) };
    },

    async startCount({ requestId, locationId, skus }) {
      const plan = { countId: requestId, locationId: locationFromProto(locationId), skus };
      return { count: countToProto(await startCount(ports, plan)) };
    },

    getCount: async ({ countId }) => ({ count: countToProto(await getCount(ports, countId)) }),

    async reconcileCount({ countId, counted }, context) {
      const found = new Map(counted.map(({ sku, quantity }) => [sku, Number(quantity)]));
      const count = await reconcileCount(ports, countId, found, principalOf(context).id);
      return { count: countToProto(count) };
    },

    async *bulkUpdateStock(request, context) {
      const call = changeCallOf('BulkUpdateStock', request.requestId, context);
      const rows = request.rows.map(rowFromProto);
      for await (const outcome of bulkUpdate(ports, rows, call, callOf(context).signal))
        yield outcomeToProto(outcome);
    },

    async listStockMetrics(request) {
      const fingerprint = fingerprintOf(ListStockMetricsRequestSchema, request);
      const [start = '0'] = pageTokens.decode(request.pageToken, fingerprint) ?? [];
      const days = request.days === 0 ? DEFAULT_DAYS : request.days;
      const limit = pageSizeOf(request.pageSize, 100, 500);
      const { metrics, next } = await stockMetrics(ports, days, Number(start), limit);
      return {
        metrics: metrics.map(metricsToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([String(next)], fingerprint),
      };
    },
  };
}
