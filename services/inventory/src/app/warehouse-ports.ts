import type { StockCount } from '../domain/count.ts';
import type { KitComponent, Location } from '../domain/location.ts';
import type { StockHistory } from '../domain/metrics.ts';
import type { StockTerms } from '../domain/stock.ts';
import type { Transfer } from '../domain/transfer.ts';

/** Records that go with the stock, within a transaction of the books. */
export interface WarehouseRecords {
  /** A transfer, locked. */
  lockTransfer(transferId: string): Promise<Transfer | undefined>;
  /** Keeps a new transfer. @returns false if there is one of that id. */
  addTransfer(transfer: Transfer): Promise<boolean>;
  saveTransfer(transfer: Transfer): Promise<void>;
  /** A count, locked. */
  lockCount(countId: string): Promise<StockCount | undefined>;
  /** Keeps a new count. @returns false if there is one of that id. */
  addCount(count: StockCount): Promise<boolean>;
  saveCount(count: StockCount): Promise<void>;
  /** Writes the terms of locked levels; each becomes one version on. */
  setTerms(terms: readonly LevelTerms[], time: Date): Promise<void>;
  saveLocation(location: Location): Promise<void>;
  /** Says what a kit is made of. @returns its version. */
  saveKit(kitSku: string, components: readonly KitComponent[]): Promise<bigint>;
}

/** What was decided about one level. */
export interface LevelTerms extends StockTerms {
  readonly sku: string;
  readonly locationId: string;
}

/** What the ledger tells about the past. */
export interface StockHistories {
  /** Units sold of every SKU since then, most first. */
  soldSince(since: Date): Promise<{ sku: string; sold: number }[]>;
  /** The histories of some SKUs since then. */
  historiesOf(skus: readonly string[], since: Date): Promise<StockHistory[]>;
  /** Units sold per day, oldest first, by SKU. */
  soldPerDay(skus: readonly string[], since: Date, days: number): Promise<ReadonlyMap<string, number[]>>;
}
