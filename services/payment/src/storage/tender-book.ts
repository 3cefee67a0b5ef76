import { invalid } from '@souk/kernel';
import type { Knex } from 'knex';
import type { TenderCodes } from '../app/ports.ts';
import type { Payment } from '../domain/payment.ts';
import type { Settlement } from '../domain/payment-fact.ts';
import type { Share, Tender } from '../domain/tender.ts';

/**
 * Keeps a means of payment that Souk itself owes, such as gift cards, in the database of the payments: whatever it does is
 * part of the payment's own transaction, so the two never differ. It throws a DomainError to refuse.
 */
export interface TenderBook {
  /** Holds a tender's amount; answers with the tender and what it draws on. `code` is what the payer gave. */
  hold(trx: Knex.Transaction, payment: Payment, held: Tender, code: string): Promise<Tender>;
  /** Takes a held amount, gives it up, or pays a taken one back. */
  move(
    trx: Knex.Transaction,
    payment: Payment,
    tender: Tender,
    kind: 'capture' | 'release' | 'refund',
    share: Share,
  ): Promise<void>;
}

/** The keepers by kind of tender. */
export type TenderBooks = Readonly<Partial<Record<Tender['kind'], TenderBook>>>;

/** Whether a payment draws on means that Souk keeps itself. */
export function drawsOnBooks({ tenders }: Payment): boolean {
  return tenders.some(({ kind }) => kind !== 'card');
}

/** Holds every tender that Souk keeps itself. @throws DomainError TENDERS_INVALID, and what the keepers refuse with. */
export async function holdTenders(
  trx: Knex.Transaction,
  books: TenderBooks,
  payment: Payment,
  codes: TenderCodes,
): Promise<Payment> {
  const tenders: Tender[] = [];
  for (const [position, tender] of payment.tenders.entries()) {
    const book = books[tender.kind];
    if (tender.kind === 'card') tenders.push(tender);
    else if (book !== undefined)
      tenders.push(await book.hold(trx, payment, tender, codes.get(position) ?? ''));
    else throw invalid('TENDERS_INVALID', 'This means of payment is not offered.', { field: 'tenders' });
  }
  return { ...payment, tenders };
}

/** Tells the keepers what a change means for their tenders. */
export async function moveTenders(
  trx: Knex.Transaction,
  books: TenderBooks,
  { payment, movements }: Settlement,
): Promise<void> {
  for (const { kind, shares } of movements) {
    for (const share of shares) {
      const tender = payment.tenders[share.position];
      if (tender === undefined || tender.kind === 'card') continue;
      const book = books[tender.kind];
      if (book === undefined) throw new Error(`nobody keeps ${tender.kind}`);
      await book.move(trx, payment, tender, kind, share);
    }
  }
}
