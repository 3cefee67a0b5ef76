import type { Means, Tender } from '../../domain/tender.ts';
import { type DataReader, fromStored, type StoredMoney, toStored } from './saga-data.ts';

/** A tender as it is kept in a saga's data. */
export interface StoredTender {
  readonly means: Means;
  readonly amount: StoredMoney;
}

/**
 * What a checkout forgets as soon as its payment is authorised or the order is refused: tokens and codes, with which
 * others could pay, and the payer. `paymentMethod` is what sagas of before had.
 */
export const FORGOTTEN = { tenders: [], paymentMethod: '', payer: '' } as const;

/** Tenders for a saga's data. */
export function storedTenders(tenders: readonly Tender[]): readonly StoredTender[] {
  return tenders.map(({ means, amount }) => ({ means, amount: toStored(amount) }));
}

/** Tenders from a saga's data. */
export function tendersOf(stored: readonly StoredTender[]): readonly Tender[] {
  return stored.map(({ means, amount }) => ({ means, amount: fromStored(amount) }));
}

/** Reads stored tenders; a saga of before has one token that pays all. */
export function decodeTenders(data: DataReader): readonly StoredTender[] {
  const token = data.textOr('paymentMethod', '');
  if (token !== '') return [{ means: { kind: 'card', token }, amount: data.money('amount') }];
  return data.list('tenders', (tender) => {
    const means = tender.part('means', decodeMeans);
    if (means === undefined) throw new TypeError("a saga's stored tender has no means");
    return { means, amount: tender.money('amount') };
  });
}

function decodeMeans(data: DataReader): Means {
  const kind = data.text('kind');
  switch (kind) {
    case 'card':
      return { kind, token: data.text('token') };
    case 'saved-card':
      return { kind, methodId: data.text('methodId') };
    case 'gift-card':
      return { kind, code: data.text('code') };
    case 'store-credit':
      return { kind };
    default:
      throw new TypeError(`a saga's stored tender is of kind ${kind}`);
  }
}
