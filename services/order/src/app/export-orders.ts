import type { Cursor, ListedOrder, OrderFilter, OrderStore } from './ports.ts';

/** How many orders are read, and written, at a time. */
const BATCH = 200;

/** Which orders to export. */
export type ExportFilter = Omit<OrderFilter, 'after' | 'limit' | 'withLines'>;

/** All orders that a filter lets through, with lines and latest first, some at a time and each once. */
export async function* exportOrders(
  store: Pick<OrderStore, 'listOrders'>,
  filter: ExportFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly ListedOrder[]> {
  let after: Cursor | undefined;
  while (!signal.aborted) {
    const orders = await store.listOrders({ ...filter, after, limit: BATCH, withLines: true });
    if (orders.length > 0) yield orders;
    const last = orders.at(-1);
    if (last === undefined || orders.length < BATCH) return;
    after = { time: last.order.orderTime, id: last.order.orderId };
  }
}
