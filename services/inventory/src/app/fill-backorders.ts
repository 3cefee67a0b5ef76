import { pause } from '@souk/kernel';
import { fillBackorders } from '../domain/backorder.ts';
import { replaceLevels, afterMovements, type StockLevel } from '../domain/stock.ts';
import type { InventoryPorts } from './ports.ts';

const BATCH = 50;
const EVERY_MS = 500;

/** Gives orders, for as long as the service runs, what they were promised when it has come: first promised, first served. */
export async function fillBackordersAsTheyCome(ports: InventoryPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const count = await fillSome(ports);
    if (count < BATCH) await pause(EVERY_MS, signal);
  }
}

/** Fills a batch of reservations. Units that have come are owed, so nobody else can have bought them meanwhile. */
async function fillSome(ports: InventoryPorts): Promise<number> {
  const ids = await ports.books.findFillable(BATCH);
  if (ids.length === 0) return 0;
  return ports.books.transact(async (books) => {
    const reservations = await books.lockReservations(ids);
    const skus = [...reservations.values()].flatMap(({ lines }) => lines.map(({ sku }) => sku));
    const stock = await books.lockLevels(skus);
    const left = new Map<string, readonly StockLevel[]>(stock);
    const time = ports.clock.now();
    const fills = ids.flatMap((id) => {
      const reservation = reservations.get(id);
      const fill = reservation && fillBackorders(reservation, left);
      if (fill === undefined) return [];
      replaceLevels(left, afterMovements(left, fill.movements, time));
      return [fill];
    });
    if (fills.length === 0) return 0;
    await books.post({
      movements: fills.flatMap(({ movements }) => movements.map((move) => ({ ...move, requestId: '' }))),
      stock,
      time,
      amendedReservations: fills.map(({ reservation }) => reservation),
      facts: fills.map(({ reservation, filled }) => ({
        type: 'backorder-filled',
        reservation,
        filled,
        time,
      })),
      actorId: '',
    });
    return fills.length;
  });
}
