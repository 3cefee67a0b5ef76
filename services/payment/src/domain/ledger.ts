import type { Money } from '@souk/kernel';
import type { Payment } from './payment.ts';
import type { Share, TenderKind } from './tender.ts';

/**
 * The chart of accounts. `provider_receivable`: what the provider owes us (an asset). `order_clearing`: what we owe to the
 * orders that were paid (a liability), cleared by sales accounting. `unmatched_receipts`: money that came in for no order
 * (a liability), until it has gone back. `gift_card_liability`, `store_credit_liability`: what we owe to those who hold
 * gift cards and store credit.
 */
export type LedgerAccount =
  | 'provider_receivable'
  | 'order_clearing'
  | 'unmatched_receipts'
  | 'gift_card_liability'
  | 'store_credit_liability'
  | 'gift_card_funding'
  | 'store_credit_expense'
  | 'disputed_receipts'
  | 'chargeback_losses';

/** Side of an account. */
export type LedgerSide = 'debit' | 'credit';

/** One side of a booking; the amount is above zero. */
export interface Posting {
  readonly account: LedgerAccount;
  readonly side: LedgerSide;
  readonly amount: Money;
}

/** What was booked. */
export type BookingKind =
  | 'capture'
  | 'refund'
  | 'gift_card_issue'
  | 'store_credit_grant'
  | 'chargeback'
  | 'chargeback_won'
  | 'chargeback_lost';

/** A booking whose debits equal its credits. */
export interface Booking {
  readonly kind: BookingKind;
  /** Who moved the money: the payment's provider, or `souk` if no card was involved. */
  readonly provider: string;
  /** The provider's id of the movement. Booked once each. */
  readonly providerReference: string;
  readonly postings: readonly Posting[];
}

/** Where the money of a tender comes from and goes back to. */
const ACCOUNTS: Readonly<Record<TenderKind, LedgerAccount>> = {
  card: 'provider_receivable',
  gift_card: 'gift_card_liability',
  store_credit: 'store_credit_liability',
};

const OWN = 'souk';

/** Books money that came in: each tender's account pays, and we owe the order. */
export function bookCapture(
  payment: Payment,
  shares: readonly Share[],
  providerReference: string,
  operationId: string,
): Booking {
  return {
    kind: 'capture',
    ...source(payment, providerReference, operationId),
    postings: [...postings(payment, shares, 'debit'), owed(payment, shares, 'credit')],
  };
}

/** Books money that went back: the reverse of a capture. */
export function bookRefund(payment: Payment, shares: readonly Share[], providerReference: string): Booking {
  const isCard = shares.some(({ position }) => payment.tenders[position]?.kind === 'card');
  return {
    kind: 'refund',
    provider: isCard ? payment.provider : OWN,
    providerReference,
    postings: [owed(payment, shares, 'debit'), ...postings(payment, shares, 'credit')],
  };
}

function source(
  { provider }: Payment,
  providerReference: string,
  operationId: string,
): { provider: string; providerReference: string } {
  return providerReference === ''
    ? { provider: OWN, providerReference: operationId }
    : { provider, providerReference };
}

function postings({ tenders }: Payment, shares: readonly Share[], side: LedgerSide): Posting[] {
  return shares.flatMap(({ position, amount }) => {
    const kind = tenders[position]?.kind;
    return kind === undefined ? [] : [{ account: ACCOUNTS[kind], side, amount }];
  });
}

function owed(payment: Payment, shares: readonly Share[], side: LedgerSide): Posting {
  const account = payment.purpose === 'unmatched' ? 'unmatched_receipts' : 'order_clearing';
  return { account, side, amount: shares.map((it) => it.amount).reduce((sum, it) => sum.plus(it)) };
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
