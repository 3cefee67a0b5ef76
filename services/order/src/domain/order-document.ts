import { Money } from '@souk/kernel';
import type { Customer, Order } from './order.ts';
import type { LineRefund, OrderLine } from './order-line.ts';
import { orderNumberOf } from './order-number.ts';
import type { PostalAddress } from './postal-address.ts';

/** What a document says. */
export type DocumentKind = 'invoice' | 'credit-note';

/** Who sells, as printed. */
export interface Seller {
  /** Names the seller's series of numbers. */
  readonly sellerId: string;
  readonly name: string;
  readonly addressLines: readonly string[];
  /** May be empty. */
  readonly taxId: string;
}

/** One line of a document. */
export interface DocumentLine extends LineRefund {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
}

/** What a document will say, before it has a number. */
export interface DocumentDraft {
  readonly kind: DocumentKind;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly customer: Customer;
  /** What it is issued for; once per order. */
  readonly cause: string;
  readonly orderTime: Date;
  readonly buyer: PostalAddress;
  readonly currency: string;
  readonly lines: readonly DocumentLine[];
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** An invoice or a credit note as it was issued. Never changes. */
export interface OrderDocument extends DocumentDraft {
  readonly documentId: string;
  readonly number: string;
  readonly seller: Seller;
  readonly issueTime: Date;
  /** On a credit note: the number of the first invoice that it corrects. */
  readonly corrects: string | undefined;
}

const PREFIXES: Readonly<Record<DocumentKind, string>> = { invoice: 'INV', 'credit-note': 'CN' };

/** A number as it is printed: `INV-2026-000042`. Counted without gaps by seller, kind and year. */
export function documentNumber(kind: DocumentKind, year: number, count: number): string {
  return `${PREFIXES[kind]}-${year}-${String(count).padStart(6, '0')}`;
}

/** What a line was sold for, as a line of an invoice. */
export function invoiceLine(line: OrderLine): DocumentLine {
  const { lineId, sku, title, quantity, tax, total } = line;
  return { lineId, sku, title, quantity, net: line.listAmount.minus(line.discount), tax, total };
}

/** A draft over some lines of an order; undefined when there is nothing to tell. */
export function draftOf(
  order: Order,
  kind: DocumentKind,
  cause: string,
  lines: readonly DocumentLine[],
): DocumentDraft | undefined {
  const told = lines.filter((line) => line.quantity > 0);
  if (told.length === 0) return undefined;
  const sum = (amount: (line: DocumentLine) => Money): Money => Money.sum(order.currency, told.map(amount));
  return {
    kind,
    cause,
    orderId: order.orderId,
    orderNumber: orderNumberOf(order.orderId),
    customer: order.customer,
    orderTime: order.orderTime,
    buyer: order.billingAddress,
    currency: order.currency,
    lines: told,
    net: sum((line) => line.net),
    tax: sum((line) => line.tax),
    total: sum((line) => line.total),
  };
}

/**
 * What is left of an order's invoices after its credit notes, line by line. Crediting it takes the whole sale back,
 * whatever was credited before.
 */
export function uncredited(
  documents: readonly Pick<DocumentDraft, 'kind' | 'lines'>[],
): readonly DocumentLine[] {
  const left = new Map<string, DocumentLine>();
  for (const { kind, lines } of documents)
    for (const line of lines) {
      const before = left.get(line.lineId);
      if (before === undefined) left.set(line.lineId, line);
      else left.set(line.lineId, kind === 'invoice' ? added(before, line) : subtracted(before, line));
    }
  return [...left.values()].filter((line) => line.quantity > 0);
}

function added(line: DocumentLine, other: DocumentLine): DocumentLine {
  return {
    ...line,
    quantity: line.quantity + other.quantity,
    net: line.net.plus(other.net),
    tax: line.tax.plus(other.tax),
    total: line.total.plus(other.total),
  };
}

function subtracted(line: DocumentLine, other: DocumentLine): DocumentLine {
  return added(line, {
    ...other,
    quantity: -other.quantity,
    net: other.net.negate(),
    tax: other.tax.negate(),
    total: other.total.negate(),
  });
}
