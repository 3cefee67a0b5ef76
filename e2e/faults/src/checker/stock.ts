import type { Facts, Levels } from '../facts/facts.ts';
import type { Report } from './broken.ts';
import { soldUnits } from './orders.ts';

/** Stock, its ledger, its reservations and what shoppers see of it. */
export function checkStock(facts: Facts, report: Report): void {
  const { units, shownAvailable } = facts;
  const { stock, movements, received, reservations, orders } = facts.books;
  const left: Levels = { onHand: units - soldUnits(facts), reserved: 0, damaged: 0 };
  if (!isSame(stock, left))
    report('stock is what was not sold', 'stock', `${show(stock)} instead of ${show(left)}`);
  if (stock.onHand - stock.reserved < 0)
    report('stock is what was not sold', 'stock', `${show(stock)}: less than nothing is available`);
  if (!isSame(stock, movements))
    report('movements explain the stock', 'stock', `${show(stock)}, movements sum to ${show(movements)}`);
  if (received !== units)
    report('movements explain the stock', 'receipts', `${received} units instead of ${units}`);
  if (shownAvailable !== stock.onHand - stock.reserved)
    report('shoppers see the stock', 'availability', `${shownAvailable} of ${show(stock)}`);

  const committed = new Map<string, number>();
  for (const { orderId, state, units: held } of reservations) {
    if (state === 'held') report('no reservation leaks', orderId, `${held} units are still held`);
    if (state === 'committed') committed.set(orderId, (committed.get(orderId) ?? 0) + held);
  }
  for (const { orderId, state, units: bought } of orders) {
    const taken = committed.get(orderId) ?? 0;
    committed.delete(orderId);
    // A cancelled order's units were sold and came back as a return: the levels above tell.
    if (state !== 'cancelled' && taken !== (state === 'confirmed' ? bought : 0))
      report('no reservation leaks', orderId, `is ${state} over ${bought} units and has taken ${taken}`);
  }
  for (const [orderId, taken] of committed)
    report('no reservation leaks', orderId, `${taken} units were taken for an order that is not there`);
}

function isSame(left: Levels, right: Levels): boolean {
  return left.onHand === right.onHand && left.reserved === right.reserved && left.damaged === right.damaged;
}

function show({ onHand, reserved, damaged }: Levels): string {
  return `${onHand} on hand, ${reserved} reserved, ${damaged} damaged`;
}
