import type { Order } from '../domain/order.ts';
import { orderNotFound } from './find-order.ts';
import type { OrderPorts } from './ports.ts';

/** How often to look for changes made by another process. */
const LOOK_EVERY_MS = 250;

/**
 * Waits until an order is as wished, or until time is up; the order as last seen.
 *
 * @param begin begins whatever will change the order, after listening has begun.
 */
export async function awaitOrder(
  { store, feed }: Pick<OrderPorts, 'store' | 'feed'>,
  orderId: string,
  wished: (order: Order) => boolean,
  until: number,
  begin: () => void = () => undefined,
): Promise<Order> {
  let seen: Order | undefined;
  let wake: () => void = () => undefined;
  const unsubscribe = feed.subscribe(orderId, (order) => {
    if (seen === undefined || order.version > seen.version) seen = order;
    wake();
  });
  try {
    begin();
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      if (seen !== undefined && wished(seen)) return seen;
      const left = until - Date.now();
      if (left <= 0) break;
      await within(changed, Math.min(left, LOOK_EVERY_MS), async () => {
        seen = (await store.findOrder(orderId)) ?? seen;
      });
    }
    const order = seen ?? (await store.findOrder(orderId));
    if (order === undefined) throw orderNotFound();
    return order;
  } finally {
    unsubscribe();
  }
}

/** Waits for an event; looks when it does not come in time. */
async function within(event: Promise<void>, ms: number, look: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), ms);
  });
  const isLate = await Promise.race([event.then(() => false), late]);
  clearTimeout(timer);
  if (isLate) await look();
}
