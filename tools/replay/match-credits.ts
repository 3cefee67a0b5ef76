import type { PlannedInvoice } from './plan.ts';

/** Units of an earlier order that a credit note takes back. */
export interface PlannedReturn {
  readonly creditNo: string;
  readonly orderInvoiceNo: string;
  readonly customerId: string;
  readonly time: Date;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Units of a credit note for which no earlier order of the customer is in the data. */
interface UnmatchedCredit {
  readonly creditNo: string;
  readonly reason: string;
  readonly sku: string;
  readonly quantity: number;
  readonly pence: number;
}

/** What becomes of the credit notes. */
export interface MatchedCredits {
  readonly returns: readonly PlannedReturn[];
  readonly unmatched: readonly UnmatchedCredit[];
}

/**
 * Finds for each credit note the earlier orders that it takes back: of the same customer and SKU, the latest first, as far as their
 * units were not taken back before. What cannot be found is listed.
 *
 * @param invoices in the order of time.
 */
export function matchCredits(invoices: readonly PlannedInvoice[]): MatchedCredits {
  /** Units that can still come back, by customer and SKU, the latest order last. */
  const sold = new Map<string, { invoiceNo: string; left: number }[]>();
  const returns: PlannedReturn[] = [];
  const unmatched: UnmatchedCredit[] = [];
  for (const invoice of invoices) {
    const { invoiceNo, customerId, time } = invoice;
    if (invoice.kind === 'order') {
      for (const { sku, quantity } of invoice.lines) {
        const key = `${customerId} ${sku}`;
        sold.set(key, [...(sold.get(key) ?? []), { invoiceNo, left: quantity }]);
      }
      continue;
    }
    const byOrder = new Map<string, { sku: string; quantity: number }[]>();
    for (const { sku, quantity, invoicedPence } of invoice.lines) {
      let left = quantity;
      const candidates = customerId === '' ? [] : (sold.get(`${customerId} ${sku}`) ?? []);
      for (const order of candidates.toReversed()) {
        const taken = Math.min(left, order.left);
        if (taken === 0) continue;
        order.left -= taken;
        left -= taken;
        byOrder.set(order.invoiceNo, [...(byOrder.get(order.invoiceNo) ?? []), { sku, quantity: taken }]);
      }
      if (left > 0) {
        unmatched.push({
          creditNo: invoiceNo,
          reason:
            customerId === '' ? 'credit note of a guest' : 'credit note without an earlier order in the data',
          sku,
          quantity: left,
          pence: Math.round((invoicedPence * left) / quantity),
        });
      }
    }
    for (const [orderInvoiceNo, lines] of byOrder)
      returns.push({ creditNo: invoiceNo, orderInvoiceNo, customerId, time, lines });
  }
  return { returns, unmatched };
}
