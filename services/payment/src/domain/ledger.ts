import type { Money } from '@souk/kernel';

/**
 * The chart of accounts. `provider_receivable`: what the provider owes us (an asset). `order_clearing`: what we owe to the
 * orders that were paid (a liability), cleared by sales accounting.
 */
type LedgerAccount = 'provider_receivable' | 'order_clearing';

/** Side of an account. */
export type LedgerSide = 'debit' | 'credit';

/** One side of a booking; the amount is above zero. */
interface Posting {
  readonly account: LedgerAccount;
  readonly side: LedgerSide;
  readonly amount: Money;
}

/** What was booked. */
export type BookingKind = 'capture' | 'refund';

/** A booking whose debits equal its credits. */
export interface Booking {
  readonly kind: BookingKind;
  /** The provider's object that moved the money: the payment of a capture, the refund of a refund. Booked once each. */
  readonly providerReference: string;
  readonly postings: readonly Posting[];
}

/** Books money that came in: the provider owes us more, and we owe the order. */
export function bookCapture(amount: Money, providerReference: string): Booking {
  return {
    kind: 'capture',
    providerReference,
    postings: [
      { account: 'provider_receivable', side: 'debit', amount },
      { account: 'order_clearing', side: 'credit', amount },
    ],
  };
}

/** Books money that went back: the reverse of a capture. */
export function bookRefund(amount: Money, providerReference: string): Booking {
  return {
    kind: 'refund',
    providerReference,
    postings: [
      { account: 'order_clearing', side: 'debit', amount },
      { account: 'provider_receivable', side: 'credit', amount },
    ],
  };
}

/** Sums of one account in one currency. */
export interface AccountBalance {
  readonly account: string;
  readonly debit: Money;
  readonly credit: Money;
}

/** Whether debits equal credits in every currency. */
export function isBalanced(balances: readonly AccountBalance[]): boolean {
  const difference = new Map<string, bigint>();
  for (const { debit, credit } of balances) {
    difference.set(debit.currency, (difference.get(debit.currency) ?? 0n) + debit.minor - credit.minor);
  }
  return [...difference.values()].every((minor) => minor === 0n);
}
