import { Books, dayOf } from './books.ts';
import type { PlannedReturn } from './match-credits.ts';
import type { PlannedInvoice } from './plan.ts';
import { priceOrder, type PricedLine, refundOf, type ShopRules } from './price-order.ts';

/** Lines whose price on the invoice is not the list price, and by how much; the platform charges the list price. */
interface PriceDeviation {
  readonly lines: number;
  /** Invoiced more than list, in pence. */
  readonly above: number;
  /** Invoiced less than list, in pence (negative). */
  readonly below: number;
}

/** What the platform's books must show after a replay. */
export interface Expected {
  readonly books: Books;
  /** What customers pay, with tax, in pence. */
  readonly charged: number;
  /** What they get back, with tax, in pence. */
  readonly refunded: number;
  /** Units sold less units that came back, by SKU. */
  readonly unitsGone: ReadonlyMap<string, number>;
  readonly deviation: PriceDeviation;
}

/** Computes the books from the plan alone. `played` says which orders were placed; what was not placed cannot come back. */
export function expectedBooks(
  invoices: readonly PlannedInvoice[],
  returns: readonly PlannedReturn[],
  rules: ShopRules,
  played: (invoiceNo: string) => boolean = () => true,
): Expected {
  const books = new Books();
  const unitsGone = new Map<string, number>();
  const move = (sku: string, units: number) => unitsGone.set(sku, (unitsGone.get(sku) ?? 0) + units);
  /** By `invoice sku`: the line and how many of its units came back. */
  const sold = new Map<string, { line: PricedLine; returned: number }>();
  let charged = 0;
  let refunded = 0;
  let deviation: PriceDeviation = { lines: 0, above: 0, below: 0 };

  for (const invoice of invoices) {
    if (invoice.kind !== 'order' || !played(invoice.invoiceNo)) continue;
    const day = dayOf(invoice.time);
    books.countOrder(day);
    for (const [index, line] of priceOrder(invoice, rules).entries()) {
      books.sell(day, line.sku, line);
      sold.set(`${invoice.invoiceNo} ${line.sku}`, { line, returned: 0 });
      move(line.sku, line.quantity);
      charged += line.gross - line.discount + line.tax;
      const difference = (invoice.lines[index]?.invoicedPence ?? 0) - line.gross;
      if (difference !== 0) {
        deviation = {
          lines: deviation.lines + 1,
          above: deviation.above + Math.max(0, difference),
          below: deviation.below + Math.min(0, difference),
        };
      }
    }
  }
  for (const { orderInvoiceNo, time, lines } of returns) {
    for (const { sku, quantity } of lines) {
      const entry = sold.get(`${orderInvoiceNo} ${sku}`);
      if (entry === undefined) continue;
      const refund = refundOf(entry.line, entry.returned, quantity);
      entry.returned += quantity;
      books.takeBack(dayOf(time), sku, { quantity, ...refund });
      move(sku, -quantity);
      refunded += refund.net + refund.tax;
    }
  }
  return { books, charged, refunded, unitsGone, deviation };
}
