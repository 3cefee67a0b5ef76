import { type Adjustment, adjust, announce, type Receipt, receive } from '../domain/adjustment.ts';
import { requireLocation } from '../domain/location.ts';
import type { Movement } from '../domain/movement.ts';
import type { Stock, StockLevel } from '../domain/stock.ts';
import type { CallKey, InventoryPorts, LevelKey } from './ports.ts';

/** Who changes stock, and by which call. */
export interface ChangeCall {
  readonly actorId: string;
  readonly key: CallKey;
}

/**
 * Books goods that came in; a new SKU becomes known by it. What was announced is no longer on its way if told so.
 * @throws DomainError LOCATION_UNKNOWN, QUANTITY_LIMIT_EXCEEDED, REQUEST_ID_REUSED, REQUEST_IN_FLIGHT
 */
export async function receiveStock(
  ports: InventoryPorts,
  receipt: Receipt,
  wasAnnounced: boolean,
  call: ChangeCall,
): Promise<StockLevel[]> {
  return changeStock(ports, call, levelsIn(receipt), (stock) => receive(stock, receipt, wasAnnounced));
}

/**
 * Books goods that are on their way; a new SKU becomes known by it.
 * @throws DomainError LOCATION_UNKNOWN, QUANTITY_LIMIT_EXCEEDED, REQUEST_ID_REUSED, REQUEST_IN_FLIGHT
 */
export async function announceStock(
  ports: InventoryPorts,
  receipt: Receipt,
  call: ChangeCall,
): Promise<StockLevel[]> {
  return changeStock(ports, call, levelsIn(receipt), () => announce(receipt));
}

/**
 * Puts the stock of one SKU right.
 * @throws DomainError SKU_UNKNOWN, LOCATION_UNKNOWN, STOCK_INSUFFICIENT, ADJUSTMENT_INVALID, QUANTITY_LIMIT_EXCEEDED,
 * REQUEST_ID_REUSED, REQUEST_IN_FLIGHT
 */
export async function adjustStock(
  ports: InventoryPorts,
  adjustment: Adjustment,
  call: ChangeCall,
): Promise<StockLevel[]> {
  requireLocation(await ports.setup.current(), adjustment.locationId);
  return ports.books.transact((books) =>
    books.once(call.key, async () => {
      const known = await books.lockLevels([adjustment.sku]);
      const move = adjust(known, adjustment);
      const stock = await books.openLevels([adjustment]);
      const movements = [{ ...move, requestId: call.key.requestId }];
      return (await books.post({ movements, stock, time: ports.clock.now(), actorId: call.actorId })) ?? [];
    }),
  );
}

async function changeStock(
  ports: InventoryPorts,
  { actorId, key }: ChangeCall,
  keys: readonly LevelKey[],
  decide: (stock: Stock) => readonly Movement[],
): Promise<StockLevel[]> {
  const setup = await ports.setup.current();
  for (const { locationId } of keys) requireLocation(setup, locationId);
  return ports.books.transact((books) =>
    books.once(key, async () => {
      const stock = await books.openLevels(keys);
      const movements = decide(stock).map((move) => ({ ...move, requestId: key.requestId }));
      return (await books.post({ movements, stock, time: ports.clock.now(), actorId })) ?? [];
    }),
  );
}

const levelsIn = ({ lines, locationId }: Receipt): LevelKey[] =>
  lines.map(({ sku }) => ({ sku, locationId }));
