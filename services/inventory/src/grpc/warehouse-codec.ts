import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  BackorderMode,
  type KitComponent as KitComponentMessage,
  type KitComponentSchema,
  type Location as LocationMessage,
  type LocationSchema,
  type StockCountSchema,
  type StockPolicy as StockPolicyMessage,
  type StockPolicySchema,
  type TransferSchema,
  TransferState,
} from '@souk/gen/souk/inventory/v1/warehouse_pb';
import {
  AbcClass,
  type BulkStockRow,
  type BulkUpdateStockResponseSchema,
  type CreateTransferRequest,
  type StockMetricsSchema,
  type TransferLoss as TransferLossMessage,
} from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { DomainError } from '@souk/kernel';
import type { BulkRow, RowOutcome } from '../app/bulk-update.ts';
import type { StockPolicy } from '../app/keep-warehouse.ts';
import type { StockMetrics } from '../app/stock-metrics.ts';
import type { StockCount } from '../domain/count.ts';
import type { KitComponent, Location } from '../domain/location.ts';
import type { BackorderMode as Mode } from '../domain/stock.ts';
import type { Transfer, TransferLoss } from '../domain/transfer.ts';
import { locationFromProto } from './from-proto.ts';
import { levelToProto } from './to-proto.ts';

const MODES: Readonly<Record<Mode, BackorderMode>> = {
  none: BackorderMode.UNSPECIFIED,
  backorder: BackorderMode.BACKORDER,
  preorder: BackorderMode.PREORDER,
};

const STATES: Readonly<Record<Transfer['state'], TransferState>> = {
  'in-transit': TransferState.IN_TRANSIT,
  received: TransferState.RECEIVED,
  cancelled: TransferState.CANCELLED,
};

const CLASSES: Readonly<Record<StockMetrics['abcClass'], AbcClass>> = {
  A: AbcClass.A,
  B: AbcClass.B,
  C: AbcClass.C,
};

/** A location as it was asked for; validation has seen to it that there is one. */
export function locationOfProto(location: LocationMessage | undefined): Location {
  return {
    locationId: locationFromProto(location?.locationId ?? ''),
    name: location?.name ?? '',
    priority: location?.priority ?? 0,
    regionCode: location?.regionCode ?? '',
    isActive: location?.active ?? false,
    version: 0n,
  };
}

/** A location as the contract shows it. */
export function locationToProto(location: Location): MessageInitShape<typeof LocationSchema> {
  const { locationId, name, priority, regionCode, isActive } = location;
  return { locationId, name, priority, regionCode, active: isActive };
}

/** A policy as it was asked for. */
export function policyFromProto(policy: StockPolicyMessage | undefined): StockPolicy {
  const mode = policy?.backorderMode ?? BackorderMode.UNSPECIFIED;
  const units = (value: bigint | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  return {
    sku: policy?.sku ?? '',
    backorderMode:
      mode === BackorderMode.BACKORDER ? 'backorder' : mode === BackorderMode.PREORDER ? 'preorder' : 'none',
    backorderLimit: Number(policy?.backorderLimit ?? 0n),
    expectTime: policy?.expectTime && timestampDate(policy.expectTime),
    lowStockAt: units(policy?.lowStockAt),
    overstockAt: units(policy?.overstockAt),
    safetyStocks: new Map(
      (policy?.safetyStocks ?? []).map(({ locationId, quantity }) => [
        locationFromProto(locationId),
        Number(quantity),
      ]),
    ),
  };
}

/** A policy as the contract shows it. */
export function policyToProto(policy: StockPolicy): MessageInitShape<typeof StockPolicySchema> {
  const { sku, backorderMode, backorderLimit, expectTime, lowStockAt, overstockAt } = policy;
  return {
    sku,
    backorderMode: MODES[backorderMode],
    backorderLimit: BigInt(backorderLimit),
    ...(expectTime && { expectTime: timestampFromDate(expectTime) }),
    ...(lowStockAt !== undefined && { lowStockAt: BigInt(lowStockAt) }),
    ...(overstockAt !== undefined && { overstockAt: BigInt(overstockAt) }),
    safetyStocks: Array.from(policy.safetyStocks, ([locationId, quantity]) => ({
      locationId,
      quantity: BigInt(quantity),
    })),
  };
}

/** What a kit is made of, as it was asked for. */
export function componentsFromProto(components: readonly KitComponentMessage[]): KitComponent[] {
  return components.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) }));
}

/** What a kit is made of, as the contract shows it. */
export function componentsToProto(
  components: readonly KitComponent[],
): MessageInitShape<typeof KitComponentSchema>[] {
  return components.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) }));
}

/** A transfer as it was asked for. */
export function transferFromProto(request: CreateTransferRequest): Transfer {
  return {
    transferId: request.requestId,
    fromLocationId: request.fromLocationId,
    toLocationId: request.toLocationId,
    lines: request.lines.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) })),
    state: 'in-transit',
  };
}

/** A transfer as the contract shows it. */
export function transferToProto(transfer: Transfer): MessageInitShape<typeof TransferSchema> {
  return {
    transferId: transfer.transferId,
    fromLocationId: transfer.fromLocationId,
    toLocationId: transfer.toLocationId,
    lines: transfer.lines.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) })),
    state: STATES[transfer.state],
  };
}

/** What was lost on the way. */
export function lossesFromProto(losses: readonly TransferLossMessage[]): TransferLoss[] {
  return losses.map(({ sku, missing, damaged }) => ({
    sku,
    missing: Number(missing),
    damaged: Number(damaged),
  }));
}

/** A count as the contract shows it. */
export function countToProto(count: StockCount): MessageInitShape<typeof StockCountSchema> {
  return {
    countId: count.countId,
    locationId: count.locationId,
    reconciled: count.isReconciled,
    lines: count.lines.map(({ sku, expected, counted, error = '' }) => ({
      sku,
      expected: BigInt(expected),
      ...(counted !== undefined && { counted: BigInt(counted) }),
      errorReason: error,
    })),
  };
}

/** A row as it was asked for. */
export function rowFromProto({ sku, locationId, change }: BulkStockRow): BulkRow {
  const of = (): BulkRow['change'] => {
    switch (change.case) {
      case 'onHand':
        return { onHand: Number(change.value) };
      case 'delta':
        return { delta: Number(change.value) };
      case undefined:
        return undefined;
    }
  };
  return { sku, locationId: locationFromProto(locationId), change: of() };
}

/** What became of a row, as the contract shows it. */
export function outcomeToProto({
  row,
  outcome,
}: RowOutcome): MessageInitShape<typeof BulkUpdateStockResponseSchema> {
  return outcome instanceof DomainError
    ? { row, errorReason: outcome.reason, errorMessage: outcome.message }
    : { row, level: levelToProto(outcome) };
}

/** Metrics as the contract shows them. */
export function metricsToProto(metrics: StockMetrics): MessageInitShape<typeof StockMetricsSchema> {
  const { daysOfCover, averageAgeDays, forecast } = metrics;
  return {
    sku: metrics.sku,
    onHand: BigInt(metrics.onHand),
    sold: BigInt(metrics.sold),
    turnover: metrics.turnover,
    ...(daysOfCover !== undefined && { daysOfCover }),
    sellThrough: metrics.sellThrough,
    ...(averageAgeDays !== undefined && { averageAgeDays }),
    abcClass: CLASSES[metrics.abcClass],
    stockOutCount: metrics.stockOutCount,
    stockOutHours: metrics.stockOutHours,
    shrinkage: BigInt(metrics.shrinkage),
    forecastPerDay: forecast.perDay,
    ...(forecast.error !== undefined && { forecastError: forecast.error }),
  };
}
