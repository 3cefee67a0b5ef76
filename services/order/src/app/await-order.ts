import type { Order } from '../domain/order.ts';
import { orderNotFound } from './find-order.ts';
import type { OrderPorts } from './ports.ts';

/**
 * When to look for changes made by another process: soon, then less and less often. Many wait when a process has died, and
 * their looking must not take the database from those who carry their orders on.
 */
const FIRST_LOOK_MS = 250;
/** When this process makes the change itself, it hears of it; it looks only for when another has taken the work over. */
const OWN_LOOK_MS = 2_000;
const LONGEST_LOOK_MS = 2_000;

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
  begin?: () => void,
): Promise<Order> {
  let seen: Order | undefined;
  let wake: () => void = () => undefined;
  const unsubscribe = feed.subscribe(orderId, (order) => {
    if (seen === undefined || order.version > seen.version) seen = order;
    wake();
  });
  try {
    begin?.();
    for (
      let pause = begin === undefined ? FIRST_LOOK_MS : OWN_LOOK_MS;
      ;
      pause = Math.min(pause * 2, LONGEST_LOOK_MS)
    ) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      if (seen !== undefined && wished(seen)) return seen;
      const left = until - Date.now();
      if (left <= 0) break;
      await within(changed, Math.min(left, pause), async () => {
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
