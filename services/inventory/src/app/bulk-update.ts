import { DomainError, invalid } from '@souk/kernel';
import { requireUnheld } from '../domain/demand.ts';
import { requireLocation } from '../domain/location.ts';
import { movement } from '../domain/movement.ts';
import { levelAt, type StockLevel } from '../domain/stock.ts';
import type { ChangeCall } from './change-stock.ts';
import type { InventoryPorts } from './ports.ts';

/** Rows booked at the same time; never two of one SKU. */
const AT_ONCE = 8;
const MAX_QUANTITY = 1_000_000;
const MAX_SKU = 64;

/** One row of a bulk update: a counted number, or a change. */
export interface BulkRow {
  readonly sku: string;
  readonly locationId: string;
  readonly change: { readonly onHand: number } | { readonly delta: number } | undefined;
}

/** What became of one row. */
export interface RowOutcome {
  readonly row: number;
  readonly outcome: StockLevel | DomainError;
}

/**
 * Books rows one after the other, or together where they do not touch the same SKU, and tells of each in order. Each is
 * once-only by its place in the request; one that fails does not stop the others.
 */
export async function* bulkUpdate(
  ports: InventoryPorts,
  rows: readonly BulkRow[],
  call: ChangeCall,
  signal: AbortSignal,
): AsyncGenerator<RowOutcome> {
  for (let start = 0; start < rows.length && !signal.aborted; ) {
    const chunk: BulkRow[] = [];
    for (const row of rows.slice(start, start + AT_ONCE)) {
      if (chunk.some(({ sku }) => sku === row.sku)) break;
      chunk.push(row);
    }
    const first = start;
    const outcomes = await Promise.all(chunk.map((row, index) => bookRow(ports, row, first + index, call)));
    for (const [index, outcome] of outcomes.entries()) yield { row: first + index, outcome };
    start += chunk.length;
  }
}

async function bookRow(
  ports: InventoryPorts,
  row: BulkRow,
  place: number,
  { actorId, key }: ChangeCall,
): Promise<StockLevel | DomainError> {
  try {
    requireValidRow(row);
    requireLocation(await ports.setup.current(), row.locationId);
    const [level] = await ports.books.transact((books) =>
      books.once({ ...key, scope: `${key.scope}:${place}` }, async () => {
        const stock = await books.openLevels([row]);
        const before = levelAt(stock, row.sku, row.locationId);
        if (before === undefined) throw new Error('a level was not opened');
        const delta = deltaOf(row, before);
        if (delta === 0) return [before];
        if (delta < 0) requireUnheld(stock, row.sku, row.locationId, -delta);
        const isCount = row.change !== undefined && 'onHand' in row.change;
        const reason = isCount ? 'count' : 'correction';
        const move = movement('adjustment', row, key.requestId, { onHandDelta: delta, reason });
        const movements = [{ ...move, requestId: key.requestId }];
        return (await books.post({ movements, stock, time: ports.clock.now(), actorId })) ?? [];
      }),
    );
    if (level === undefined) throw new Error('a row has no level');
    return level;
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
}

function deltaOf({ change }: BulkRow, level: StockLevel): number {
  if (change === undefined) return 0;
  return 'delta' in change ? change.delta : change.onHand - level.onHand;
}

function requireValidRow({ sku, change }: BulkRow): void {
  const isQuantity =
    change !== undefined &&
    ('delta' in change
      ? Math.abs(change.delta) <= MAX_QUANTITY && change.delta !== 0
      : change.onHand >= 0 && change.onHand <= MAX_QUANTITY);
  if (sku.length === 0 || sku.length > MAX_SKU || !isQuantity)
    throw invalid('ADJUSTMENT_INVALID', 'A row names a SKU, and a number to set or to add.');
}
