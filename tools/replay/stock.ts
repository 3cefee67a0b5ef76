import { timestampDate } from '@bufbuild/protobuf/wkt';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { type Edge, uuidOf } from '../sample-data/edge.ts';
import type { Shopper } from './shoppers.ts';

const BATCH = 1_000;

/** What inventory says of the stock. */
export interface StockCount {
  /** Units that can be sold, by SKU. */
  readonly available: ReadonlyMap<string, number>;
  /** Stock levels whose figures are not the sum of their movements. */
  readonly ledgerBreaks: readonly string[];
  /** When the counting began. */
  readonly time: Date;
}

/** Counts the stock of SKUs and checks the whole movement ledger. */
export async function countStock(edge: Edge, admin: Shopper, skus: readonly string[]): Promise<StockCount> {
  const inventory = edge.client(InventoryService, admin.token);
  const ledgerBreaks: string[] = [];
  const time = new Date();
  let pageToken = '';
  do {
    const page = await inventory.checkLedger({ pageSize: 5_000, pageToken });
    ledgerBreaks.push(...page.breaks.map(({ level }) => level?.sku ?? '?'));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return { available: await availableOf(edge, skus), ledgerBreaks, time };
}

/** What the movement ledger says that happened since a time. */
export interface MovedUnits {
  /** Change of the units that can be sold, by SKU, whoever caused it. */
  readonly sellable: ReadonlyMap<string, number>;
  /** Change of the units on hand that has one of the replay's references, by SKU. */
  readonly own: ReadonlyMap<string, number>;
}

/**
 * Sums the movements of the ledger since a time.
 *
 * @param references ids of the replay's orders and returns.
 */
export async function movedSince(
  edge: Edge,
  admin: Shopper,
  since: Date,
  references: ReadonlySet<string>,
): Promise<MovedUnits> {
  const inventory = edge.client(InventoryService, admin.token);
  const sellable = new Map<string, number>();
  const own = new Map<string, number>();
  const add = (sums: Map<string, number>, sku: string, units: bigint) =>
    sums.set(sku, (sums.get(sku) ?? 0) + Number(units));
  let pageToken = '';
  do {
    const page = await inventory.listMovements({ pageSize: 1_000, pageToken });
    for (const { sku, onHandDelta, reservedDelta, reference, createTime } of page.movements) {
      // Newest first: what is older than the count is not of interest.
      if (createTime !== undefined && timestampDate(createTime) < since) return { sellable, own };
      add(sellable, sku, onHandDelta - reservedDelta);
      if (references.has(reference)) add(own, sku, onHandDelta);
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return { sellable, own };
}

/** Units that can be sold, by SKU; SKUs that never had stock are left out. */
async function availableOf(edge: Edge, skus: readonly string[]): Promise<Map<string, number>> {
  const inventory = edge.client(InventoryService);
  const available = new Map<string, number>();
  for (let start = 0; start < skus.length; start += BATCH) {
    const { availabilities } = await inventory.batchGetAvailability({
      skus: skus.slice(start, start + BATCH),
    });
    for (const { sku, available: units } of availabilities) available.set(sku, Number(units));
  }
  return available;
}

/**
 * Brings in what a replay will sell and is not there.
 *
 * @returns units brought in, by SKU.
 */
export async function topUp(
  edge: Edge,
  admin: Shopper,
  run: string,
  needed: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const available = await availableOf(edge, [...needed.keys()]);
  const short = [...needed].flatMap(([sku, units]): [string, number][] => {
    const missing = units - (available.get(sku) ?? 0);
    return missing > 0 ? [[sku, missing]] : [];
  });
  const inventory = edge.client(InventoryService, admin.token);
  for (let start = 0; start < short.length; start += BATCH) {
    const lines = short.slice(start, start + BATCH).map(([sku, units]) => ({ sku, quantity: BigInt(units) }));
    await inventory.receiveStock({
      lines,
      reference: `replay ${run}`,
      requestId: uuidOf(`${run} top up ${start}`),
    });
  }
  return new Map(short);
}
