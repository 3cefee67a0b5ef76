import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type CheckLedgerRequest,
  CheckLedgerRequestSchema,
  type CheckLedgerResponseSchema,
  type InventoryService,
  type ListMovementsRequest,
  ListMovementsRequestSchema,
  type ListMovementsResponseSchema,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { notFound } from '@souk/kernel';
import { callOf, fingerprintOf, type PageTokens, pageSizeOf, principalOf } from '@souk/rpc';
import { adjustStock, receiveStock } from '../app/change-stock.ts';
import { extendReservation, getReservation } from '../app/end-reservations.ts';
import type { AvailabilityView, InventoryPorts, LedgerCheck } from '../app/ports.ts';
import { rebuildAvailability } from '../app/rebuild-availability.ts';
import type { ReservationDesk } from '../app/reservation-desk.ts';
import { contactOf, type SubscriptionPorts, subscribe, unsubscribe } from '../app/back-in-stock.ts';
import { restockReturn } from '../app/restock-return.ts';
import type { WatchPorts } from '../app/watch-availability.ts';
import {
  keyFromProto,
  linesFromProto,
  locationFromProto,
  reasonFromProto,
  reserveFromProto,
  restockFromProto,
} from './from-proto.ts';
import {
  availabilityToProto,
  breakToProto,
  entryToProto,
  levelToProto,
  reservationToProto,
} from './to-proto.ts';
import { changeCallOf } from './change-call.ts';
import { watchStream } from './watch-handler.ts';

/** Inventory's RPCs. */
export function inventoryHandlers(
  ports: InventoryPorts,
  subscriptions: SubscriptionPorts,
  desk: ReservationDesk,
  reader: Pick<AvailabilityView, 'get'>,
  watch: WatchPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof InventoryService> {
  return {
    async reserveStock(request, context) {
      const reservation = await desk.reserve(reserveFromProto(request), callOf(context).signal);
      return { reservation: reservationToProto(reservation) };
    },

    async extendReservation(request) {
      const ttlMs = request.ttl === undefined ? 0 : durationMs(request.ttl);
      const reservation = await extendReservation(ports, keyFromProto(request), ttlMs);
      return { reservation: reservationToProto(reservation) };
    },

    async getReservation(request) {
      return { reservation: reservationToProto(await getReservation(ports, keyFromProto(request))) };
    },

    async commitReservation(request, context) {
      const call = { ...keyFromProto(request), requestId: request.requestId };
      const reservation = await desk.commit(call, callOf(context).signal);
      return { reservation: reservationToProto(reservation) };
    },

    async releaseReservation(request, context) {
      const call = { ...keyFromProto(request), requestId: request.requestId };
      const reservation = await desk.release(call, callOf(context).signal);
      return { reservation: reservationToProto(reservation) };
    },

    async restockReturn(request) {
      await restockReturn(ports, restockFromProto(request));
      return {};
    },

    async receiveStock(request, context) {
      const receipt = {
        lines: linesFromProto(request.lines),
        locationId: locationFromProto(request.locationId),
        reference: request.reference,
      };
      const call = changeCallOf('ReceiveStock', request.requestId, context);
      const levels = await receiveStock(ports, receipt, request.announced, call);
      return { levels: levels.map(levelToProto) };
    },

    async adjustStock(request, context) {
      const adjustment = {
        sku: request.sku,
        locationId: locationFromProto(request.locationId),
        delta: Number(request.delta),
        reason: reasonFromProto(request.reason),
        reference: request.reference,
      };
      const call = changeCallOf('AdjustStock', request.requestId, context);
      const [level] = await adjustStock(ports, adjustment, call);
      return level === undefined ? {} : { level: levelToProto(level) };
    },

    async getAvailability({ sku }) {
      const availability = (await reader.get([sku])).get(sku);
      if (availability === undefined) {
        throw notFound('SKU_UNKNOWN', `${sku} has never been in stock.`, { metadata: { sku } });
      }
      return { availability: availabilityToProto(availability) };
    },

    async batchGetAvailability(request) {
      const skus = [...new Set(request.skus)];
      const found = await reader.get(skus);
      return {
        availabilities: skus.flatMap((sku) => {
          const availability = found.get(sku);
          return availability === undefined ? [] : [availabilityToProto(availability)];
        }),
        unknownSkus: skus.filter((sku) => !found.has(sku)),
      };
    },

    async subscribeBackInStock({ sku, email, locale }, context) {
      const wish = { sku, email, locale, ownerId: principalOf(context).id };
      const { subscriptionId, createTime } = await subscribe(subscriptions, wish);
      return { subscription: { subscriptionId, sku, createTime: timestampFromDate(createTime) } };
    },

    async unsubscribeBackInStock({ subscriptionId }, context) {
      await unsubscribe(subscriptions, subscriptionId, principalOf(context).id);
      return {};
    },

    getSubscriptionContact: ({ subscriptionId }) => contactOf(subscriptions, subscriptionId),

    watchAvailability: (request, context) => watchStream(watch, request, context),

    listMovements: (request) => listMovements(ports, pageTokens, request),

    checkLedger: (request) => checkLedger(ports, pageTokens, request),

    async rebuildAvailability({ validateOnly }) {
      const { compared, differing } = await rebuildAvailability(ports, validateOnly);
      return { comparedCount: compared, differingSkus: [...differing] };
    },
  };
}

async function listMovements(
  ports: InventoryPorts,
  pageTokens: PageTokens,
  request: ListMovementsRequest,
): Promise<MessageInitShape<typeof ListMovementsResponseSchema>> {
  const fingerprint = fingerprintOf(ListMovementsRequestSchema, request);
  const limit = pageSizeOf(request.pageSize, 100, 1_000);
  const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
  const rows = await ports.books.listMovements({
    sku: request.sku,
    reference: request.reference,
    before: before === undefined ? undefined : BigInt(before),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    movements: page.map(entryToProto),
    nextPageToken:
      rows.length > limit && last !== undefined
        ? pageTokens.encode([String(last.position)], fingerprint)
        : '',
  };
}

async function checkLedger(
  ports: InventoryPorts,
  pageTokens: PageTokens,
  request: CheckLedgerRequest,
): Promise<MessageInitShape<typeof CheckLedgerResponseSchema>> {
  const fingerprint = fingerprintOf(CheckLedgerRequestSchema, request);
  const limit = pageSizeOf(request.pageSize, 1_000, 5_000);
  const [sku, locationId] = pageTokens.decode(request.pageToken, fingerprint) ?? [];
  const after = sku === undefined || locationId === undefined ? undefined : { sku, locationId };
  const checks = await ports.books.checkLedger(after, limit);
  const last = checks.at(-1)?.level;
  return {
    checkedCount: checks.length,
    onHandTotal: checks.reduce((sum, { level }) => sum + BigInt(level.onHand), 0n),
    breaks: checks.filter(isBroken).map(breakToProto),
    nextPageToken:
      checks.length === limit && last !== undefined
        ? pageTokens.encode([last.sku, last.locationId], fingerprint)
        : '',
  };
}

function isBroken({ level, held, owed, ...ledger }: LedgerCheck): boolean {
  return (
    level.onHand !== ledger.onHand ||
    level.reserved !== ledger.reserved ||
    level.damaged !== ledger.damaged ||
    level.incoming !== ledger.incoming ||
    level.backordered !== ledger.backordered ||
    held !== ledger.reserved ||
    owed !== ledger.backordered
  );
}
