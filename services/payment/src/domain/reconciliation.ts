import type { Money } from '@souk/kernel';

/** Money that moved, as one side knows it: positive in, negative out. */
export interface Movement {
  /** The provider's object that moved it. */
  readonly providerReference: string;
  /** Our payment, where known. */
  readonly paymentId: string;
  readonly amount: Money;
}

/** How ledger and provider differ. */
export interface ReconciliationBreak {
  readonly kind: 'missing-in-ledger' | 'missing-at-provider' | 'amount-mismatch';
  readonly providerReference: string;
  readonly paymentId: string;
  readonly ledgerAmount?: Money;
  readonly providerAmount?: Money;
}

/** What the provider moved and our ledger lacks or has with another amount. */
export function breaksAtLedger(
  provider: readonly Movement[],
  ledger: readonly Movement[],
): ReconciliationBreak[] {
  const known = byReference(ledger);
  return provider.flatMap((theirs): ReconciliationBreak[] => {
    const ours = known.get(theirs.providerReference);
    const { providerReference, amount: providerAmount } = theirs;
    if (ours === undefined)
      return [{ kind: 'missing-in-ledger', providerReference, paymentId: theirs.paymentId, providerAmount }];
    if (ours.amount.equals(providerAmount)) return [];
    const { paymentId, amount: ledgerAmount } = ours;
    return [{ kind: 'amount-mismatch', providerReference, paymentId, ledgerAmount, providerAmount }];
  });
}

/** What our ledger booked and the provider does not know. Amounts are compared in the other direction only. */
export function breaksAtProvider(
  ledger: readonly Movement[],
  provider: readonly Movement[],
): ReconciliationBreak[] {
  const known = byReference(provider);
  return ledger
    .filter(({ providerReference }) => !known.has(providerReference))
    .map(({ providerReference, paymentId, amount: ledgerAmount }) => ({
      kind: 'missing-at-provider',
      providerReference,
      paymentId,
      ledgerAmount,
    }));
}

function byReference(movements: readonly Movement[]): ReadonlyMap<string, Movement> {
  return new Map(movements.map((movement) => [movement.providerReference, movement]));
}
