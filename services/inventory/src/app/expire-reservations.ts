import { pause } from '@souk/kernel';
import { end } from '../domain/reservation.ts';
import type { InventoryPorts } from './ports.ts';

const BATCH = 100;
const EVERY_MS = 500;

/** Gives back, for as long as the service runs, what was held too long. Any number of replicas may do so together. */
export async function expireReservations(ports: InventoryPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const count = await expireOverdue(ports);
    if (count < BATCH) await pause(EVERY_MS, signal);
  }
}

/** Ends a batch of reservations that are past their time. Returns how many. */
async function expireOverdue(ports: InventoryPorts): Promise<number> {
  return ports.books.transact(async (books) => {
    const time = ports.clock.now();
    const overdue = await books.lockOverdue(time, BATCH);
    const changes = overdue.flatMap((reservation) => end(reservation, 'expired') ?? []);
    if (changes.length === 0) return 0;
    const movements = changes.flatMap((change) =>
      change.movements.map((movement) => ({ ...movement, requestId: '' })),
    );
    await books.post({
      movements,
      stock: await books.lockLevels(movements.map(({ sku }) => sku)),
      time,
      endedReservations: changes.map((change) => change.reservation),
      actorId: '',
    });
    return changes.length;
  });
}
