import { durationMs } from '@bufbuild/protobuf/wkt';
import {
  type ReserveStockRequest,
  RestockCondition,
  type RestockReturnRequest,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import {
  AllocationStrategy,
  type StockLine as StockLineMessage,
} from '@souk/gen/souk/inventory/v1/reservation_pb';
import { AdjustmentReason } from '@souk/gen/souk/inventory/v1/stock_pb';
import { invalid } from '@souk/kernel';
import type { ReserveStock } from '../app/decide-orders.ts';
import type { RestockReturn } from '../app/restock-return.ts';
import type { StockLine } from '../domain/demand.ts';
import type { AdjustmentReason as Reason } from '../domain/movement.ts';
import type { ReservationKey } from '../domain/reservation.ts';
import { returnedUnits } from '../domain/restock.ts';
import { DEFAULT_LOCATION } from '../domain/stock.ts';

/** Lines of stock as the domain has them. */
export function linesFromProto(lines: readonly StockLineMessage[]): StockLine[] {
  return lines.map(({ sku, quantity, lineId }) => ({ sku, quantity: Number(quantity), lineId }));
}

/** Which reservation is meant: the named one, or the order's first. */
export function keyFromProto(request: {
  readonly orderId: string;
  readonly reservationId?: string | undefined;
}): ReservationKey {
  const { orderId, reservationId = orderId } = request;
  return { orderId, reservationId };
}

/** What to reserve. */
export function reserveFromProto(request: ReserveStockRequest): ReserveStock {
  return {
    do: 'reserve',
    ...keyFromProto(request),
    strategy: strategyFromProto(request.allocationStrategy),
    region: request.shipToRegion,
    lines: linesFromProto(request.lines),
    ttlMs: request.ttl === undefined ? undefined : durationMs(request.ttl),
    requestId: request.requestId,
  };
}

function strategyFromProto(strategy: AllocationStrategy): ReserveStock['strategy'] {
  switch (strategy) {
    case AllocationStrategy.PRIORITY:
      return 'priority';
    case AllocationStrategy.HIGHEST_STOCK:
      return 'highest-stock';
    case AllocationStrategy.FEWEST_SPLITS:
      return 'fewest-splits';
    case AllocationStrategy.UNSPECIFIED:
      return undefined;
  }
}

/** A named location, or the one that there always is. */
export function locationFromProto(locationId: string): string {
  return locationId === '' ? DEFAULT_LOCATION : locationId;
}

/** What came back. */
export function restockFromProto(request: RestockReturnRequest): RestockReturn {
  const lines = request.lines.map(({ sku, quantity, condition, locationId }) => ({
    sku,
    locationId,
    quantity: Number(quantity),
    isGood: condition === RestockCondition.GOOD,
  }));
  return {
    returnId: request.returnId,
    orderId: request.orderId,
    units: returnedUnits(lines),
    requestId: request.requestId,
  };
}

/** Why stock is adjusted. */
export function reasonFromProto(reason: AdjustmentReason): Reason {
  switch (reason) {
    case AdjustmentReason.COUNT:
      return 'count';
    case AdjustmentReason.SHRINKAGE:
      return 'shrinkage';
    case AdjustmentReason.DAMAGE:
      return 'damage';
    case AdjustmentReason.CORRECTION:
      return 'correction';
    case AdjustmentReason.UNSPECIFIED:
      throw invalid('ADJUSTMENT_INVALID', 'An adjustment needs a reason.', { field: 'reason' });
  }
}
