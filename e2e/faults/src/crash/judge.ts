import type { Facts } from '../facts/facts.ts';
import { Findings } from '../findings.ts';

/** A run of a course as it is to be judged. */
export interface JudgedRun {
  readonly buyerId: string;
  /** Course and fault, for people. */
  readonly name: string;
  readonly ends: readonly string[];
}

const ENDED = new Set(['completed', 'compensated']);

/** Judges what crashes have left: every order has ended as it should, and its money and stock with it. */
export function judgeCrashes(runs: readonly JudgedRun[], { books, provider, units }: Facts): Findings {
  const findings = new Findings();
  let sold = 0;
  for (const { buyerId, name, ends } of runs) {
    const own = books.orders.filter(({ customerId }) => customerId === buyerId);
    const [order] = own;
    findings.expect('one order per request', own.length <= 1, name, `${own.length} orders`);
    if (order === undefined) {
      findings.expect('every order is placed in the end', false, name, 'there is none');
      continue;
    }
    const { orderId, state, total } = order;
    findings.expect('the order ends as it should', ends.includes(state), name, `${orderId} is ${state}`);
    const open = books.sagas.filter((saga) => saga.orderId === orderId && !ENDED.has(saga.state));
    findings.expect(
      'nothing is stuck',
      open.length === 0,
      name,
      open.map((saga) => `${saga.kind} is ${saga.state}: ${saga.lastError}`).join('; '),
    );
    const keeps = state === 'confirmed' ? total : 0n;
    const moved = provider.movements.filter((each) => each.orderId === orderId);
    const charges = moved.filter(({ type }) => type === 'charge');
    const net = moved.reduce((sum, { amount }) => sum + amount, 0n);
    findings.expect('charged once at most', charges.length <= 1, name, `${charges.length} charges`);
    findings.expect('the money is right', net === keeps, name, `${net} instead of ${keeps} at the provider`);
    const held = provider.intents.filter((each) => each.orderId === orderId && each.held !== 0n);
    findings.expect('nothing stays held on a card', held.length === 0, name, `${held.length} holds`);
    const booked = books.entries
      .filter((each) => each.orderId === orderId && each.account === 'provider_receivable')
      .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n);
    findings.expect('the ledger is what the provider did', booked === net, name, `${booked} / ${net}`);
    if (state === 'confirmed') sold += order.units;
  }
  const { onHand, reserved } = books.stock;
  findings.expect(
    'stock is what was not sold',
    onHand === units - sold,
    'stock',
    `${onHand} of ${units} - ${sold}`,
  );
  findings.expect('no reservation leaks', reserved === 0, 'stock', `${reserved} reserved`);
  const { movements } = books;
  findings.expect(
    'movements explain the stock',
    movements.onHand === onHand && movements.reserved === reserved,
    'stock',
    `${movements.onHand}/${movements.reserved} instead of ${onHand}/${reserved}`,
  );
  for (const [service, count] of Object.entries(books.unpublished))
    findings.expect('facts are published', count === 0, service, `${count} wait`);
  return findings;
}
