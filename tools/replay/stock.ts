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
  readonly onHand: number;
}

/** Counts the stock of SKUs and checks the whole movement ledger. */
export async function countStock(edge: Edge, admin: Shopper, skus: readonly string[]): Promise<StockCount> {
  const inventory = edge.client(InventoryService, admin.token);
  const ledgerBreaks: string[] = [];
  let onHand = 0;
  let pageToken = '';
  do {
    const page = await inventory.checkLedger({ pageSize: 5_000, pageToken });
    onHand += Number(page.onHandTotal);
    ledgerBreaks.push(...page.breaks.map(({ level }) => level?.sku ?? '?'));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return { available: await availableOf(edge, skus), ledgerBreaks, onHand };
}

/** Units that can be sold, by SKU; SKUs that never had stock are left out. */
export async function availableOf(edge: Edge, skus: readonly string[]): Promise<Map<string, number>> {
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
