import type { Facts } from '../facts/facts.ts';
import type { Report } from './broken.ts';
import { isSold } from './orders.ts';

/** How each end of an order is told. */
const TOLD_AS: Readonly<Record<string, string>> = {
  confirmed: 'OrderConfirmed',
  rejected: 'OrderRejected',
  cancelled: 'OrderCancelled',
};

/** What follows the books: facts in Kafka, carts in Redis, the read model in MongoDB. */
export function checkFollowers({ books, followers, buyers }: Facts, report: Report): void {
  const { told, inCarts, view } = followers;
  for (const { orderId, state } of books.orders) {
    const type = TOLD_AS[state];
    if (type === undefined) continue;
    const ids = new Set(
      told.filter((fact) => fact.orderId === orderId && fact.type === type).map(({ eventId }) => eventId),
    );
    if (ids.size !== 1) report('each fact is told once', orderId, `${ids.size} × ${type}`);
  }
  const bought = new Set(books.orders.filter(isSold).map(({ customerId }) => customerId));
  for (const { buyerId } of buyers) {
    const left = inCarts[buyerId] ?? 0;
    if (bought.has(buyerId) && left !== 0)
      report('what was bought leaves the cart', buyerId, `${left} units are still in it`);
  }
  for (const level of ['onHand', 'reserved', 'damaged'] as const) {
    if (view[level] !== books.stock[level])
      report('the read model is the books', level, `${view[level]} instead of ${books.stock[level]}`);
  }
}
