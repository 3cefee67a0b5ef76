import type { InvoiceLine } from './invoice-line.ts';

/** What a line means for the shop; `reason` says why it is neither a sale nor a credit. */
export type LineKind =
  | { readonly kind: 'sale' }
  | { readonly kind: 'credit' }
  | { readonly kind: 'left-out'; readonly reason: string };

/** Codes that stand for something else than goods. */
const NOT_GOODS: Readonly<Record<string, string>> = {
  POST: 'postage',
  DOT: 'postage',
  C2: 'carriage',
  M: 'manual entry',
  D: 'discount entry',
  S: 'samples',
  B: 'bad debt entry',
  AMAZONFEE: 'marketplace fee',
  'BANK CHARGES': 'bank charges',
  CRUK: 'donation',
  PADS: 'packing material',
};

/**
 * Whether a stock code is a product: five digits and up to two letters, or a code of the web shop's own range
 * (`DCGS` and digits).
 */
export function isProductCode(stockCode: string): boolean {
  return /^\d{5}[A-Z]{0,2}$/.test(stockCode) || /^DCGS\d{1,4}[A-Z]{0,2}$/.test(stockCode);
}

/** Whether an invoice is a credit note. */
function isCreditNote(invoiceNo: string): boolean {
  return invoiceNo.startsWith('C');
}

/** Says what a line is. */
export function classify(line: InvoiceLine): LineKind {
  const { stockCode, quantity, unitPence, invoiceNo } = line;
  if (!isProductCode(stockCode)) {
    const what = stockCode.startsWith('GIFT_') ? 'gift voucher' : (NOT_GOODS[stockCode] ?? 'unknown code');
    return { kind: 'left-out', reason: `not a product: ${what}` };
  }
  if (quantity === 0) return { kind: 'left-out', reason: 'quantity of zero' };
  if (unitPence < 0) return { kind: 'left-out', reason: 'negative price' };
  if (isCreditNote(invoiceNo))
    return quantity < 0
      ? { kind: 'credit' }
      : { kind: 'left-out', reason: 'positive quantity on a credit note' };
  if (quantity < 0)
    return { kind: 'left-out', reason: 'stock correction (negative quantity, no credit note)' };
  if (unitPence === 0) return { kind: 'left-out', reason: 'price of zero' };
  return { kind: 'sale' };
}
