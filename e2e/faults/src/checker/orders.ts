import type { Facts, OrderFact } from '../facts/facts.ts';
import type { Report } from './broken.ts';

/** Whether an order stands and is paid. */
export function isSold({ state, paymentState }: OrderFact): boolean {
  return state === 'confirmed' && paymentState === 'captured';
}

/** How many units of confirmed orders there are. */
export function soldUnits({ books }: Facts): number {
  return books.orders.filter(({ state }) => state === 'confirmed').reduce((sum, { units }) => sum + units, 0);
}

/** Orders and their sagas have ended, and as many units are sold as could be. */
export function checkOrders(facts: Facts, report: Report): void {
  const { buyers, books, units } = facts;
  for (const order of books.orders) {
    const { orderId, state, paymentState } = order;
    const hasEnded = state === 'confirmed' ? isSold(order) : state === 'rejected' || state === 'cancelled';
    if (!hasEnded) report('every order ends', orderId, `is ${state}, its payment ${paymentState}`);
  }
  for (const { orderId, kind, state, lastError } of books.sagas) {
    if (state !== 'completed' && state !== 'compensated')
      report('no saga stays open', orderId, `${kind} is ${state}: ${lastError}`);
  }
  const left = units - soldUnits(facts);
  // Whoever bought nothing must have wanted more than there was.
  const unserved = buyers.filter(
    ({ buyerId }) => !books.orders.some((order) => order.customerId === buyerId && isSold(order)),
  );
  const least = Math.min(...unserved.map(({ wanted }) => wanted));
  if (left < 0 || left >= least)
    report('exactly what can be sold is sold', 'orders', `${left} of ${units} left, ${least} wanted`);
  for (const [service, count] of Object.entries(books.unpublished)) {
    if (count > 0) report('facts are published', service, `${count} still wait`);
  }
}
