import { type Adjustment, adjust, receive } from '../domain/adjustment.ts';
import type { StockLine } from '../domain/demand.ts';
import type { StockLevel } from '../domain/stock.ts';
import type { CallKey, InventoryPorts } from './ports.ts';

/** Goods that came in. */
export interface Receipt {
  readonly lines: readonly StockLine[];
  readonly reference: string;
}

/**
 * Books goods that came in; a new SKU becomes known by it.
 * @throws DomainError QUANTITY_LIMIT_EXCEEDED, REQUEST_ID_REUSED, REQUEST_IN_FLIGHT
 */
export async function receiveStock(
  ports: InventoryPorts,
  receipt: Receipt,
  actorId: string,
  key: CallKey,
): Promise<StockLevel[]> {
  const { requestId } = key;
  const movements = receive(receipt.lines, receipt.reference).map((movement) => ({ ...movement, requestId }));
  return ports.books.transact((books) =>
    books.once(key, async () => {
      const stock = await books.openLevels(movements.map(({ sku }) => sku));
      const time = ports.clock.now();
      return (await books.post({ movements, stock, time, actorId })) ?? [];
    }),
  );
}

/**
 * Puts the stock of one SKU right.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT, ADJUSTMENT_INVALID, QUANTITY_LIMIT_EXCEEDED, REQUEST_ID_REUSED,
 * REQUEST_IN_FLIGHT
 */
export async function adjustStock(
  ports: InventoryPorts,
  adjustment: Adjustment,
  actorId: string,
  key: CallKey,
): Promise<StockLevel[]> {
  return ports.books.transact((books) =>
    books.once(key, async () => {
      const stock = await books.lockLevels([adjustment.sku]);
      const movements = [{ ...adjust(stock, adjustment), requestId: key.requestId }];
      const time = ports.clock.now();
      return (await books.post({ movements, stock, time, actorId })) ?? [];
    }),
  );
}
