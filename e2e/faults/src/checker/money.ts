import type { EntryFact, Facts } from '../facts/facts.ts';
import type { Report } from './broken.ts';

/** Payment's books and the provider's, each by itself and against the other. */
export function checkMoney(facts: Facts, report: Report): void {
  checkBalance(facts, report);
  const { books, provider } = facts;
  const sold = new Map(
    books.orders.filter(({ state }) => state === 'confirmed').map(({ orderId, total }) => [orderId, total]),
  );
  const booked = movementsOf(
    books.entries
      .filter(({ account }) => account === 'provider_receivable')
      .map(({ orderId, side, amount }) => ({ orderId, amount: side === 'debit' ? amount : -amount })),
  );
  const moved = movementsOf(provider.movements);
  const concerned = new Set([...sold.keys(), ...booked.keys(), ...moved.keys()]);
  for (const orderId of concerned) {
    const total = sold.get(orderId);
    const [inLedger, atProvider] = [booked.get(orderId) ?? [], moved.get(orderId) ?? []];
    for (const [where, amounts] of [
      ['in the ledger', inLedger],
      ['at the provider', atProvider],
    ] as const) {
      const seen = `${amounts.join(', ') || 'nothing'} ${where}`;
      if (total !== undefined && !(amounts.length === 1 && amounts[0] === total))
        report('a sold order is captured once, exactly', orderId, `${seen} instead of ${total}`);
      if (total === undefined && sumOf(amounts) !== 0n)
        report('an order not sold nets to nothing', orderId, seen);
    }
    if (inLedger.join() !== atProvider.join())
      report('the ledger is what the provider did', orderId, `${inLedger.join()} / ${atProvider.join()}`);
  }
  checkPayments(facts, sold, report);
}

function checkBalance({ books }: Facts, report: Report): void {
  const differences = new Map<string, bigint>();
  for (const { transactionId, side, amount } of books.entries) {
    const signed = side === 'debit' ? amount : -amount;
    differences.set(transactionId, (differences.get(transactionId) ?? 0n) + signed);
  }
  for (const [transactionId, difference] of differences) {
    if (difference !== 0n) report('the ledger balances', transactionId, `is off by ${difference}`);
  }
  for (const difference of books.ledgerDifference) {
    if (difference !== 0n) report('the ledger balances', 'whole ledger', `is off by ${difference}`);
  }
}

function checkPayments({ books, provider }: Facts, sold: Map<string, bigint>, report: Report): void {
  for (const { paymentId, orderId, state, captured, refunded, openOperations } of books.payments) {
    if (openOperations > 0 || state === 'pending')
      report('no payment operation stays open', paymentId, `is ${state}, ${openOperations} open`);
    // An attempt that came to nothing may lie beside the one that was paid.
    const isForNothing = state === 'failed' || state === 'voided';
    const due = isForNothing ? undefined : sold.get(orderId);
    if (captured - refunded !== (due ?? 0n))
      report(
        due === undefined ? 'an order not sold nets to nothing' : 'a sold order is captured once, exactly',
        orderId,
        `payment ${paymentId} is ${state} with ${captured - refunded} instead of ${due ?? 0n}`,
      );
  }
  for (const { intentId, orderId, held } of provider.intents) {
    if (held !== 0n) report('nothing stays held on a card', orderId, `${held} by ${intentId}`);
  }
}

function movementsOf(
  movements: readonly Pick<EntryFact, 'orderId' | 'amount'>[],
): ReadonlyMap<string, readonly bigint[]> {
  const byOrder = new Map<string, bigint[]>();
  for (const { orderId, amount } of movements)
    byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), amount]);
  return byOrder;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
