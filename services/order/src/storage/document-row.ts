import { Money } from '@souk/kernel';
import type { Customer } from '../domain/order.ts';
import {
  type DocumentKind,
  type DocumentLine,
  documentNumber,
  type OrderDocument,
  type Seller,
} from '../domain/order-document.ts';
import { orderNumberOf } from '../domain/order-number.ts';
import type { PostalAddress } from '../domain/postal-address.ts';

/** A row of `order_documents`. */
export interface DocumentRow {
  readonly document_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly customer_kind: Customer['kind'];
  readonly kind: DocumentKind;
  readonly cause: string;
  readonly seller_id: string;
  readonly year: number;
  readonly number: number;
  readonly issue_time: Date;
  readonly order_time: Date;
  readonly currency: string;
  readonly net_minor: bigint;
  readonly tax_minor: bigint;
  readonly total_minor: bigint;
  readonly content: DocumentContent;
}

/** What is printed besides the columns. */
interface DocumentContent {
  readonly seller: Seller;
  readonly buyer: PostalAddress;
  readonly corrects?: string;
  readonly lines: readonly StoredLine[];
}

/** A line inside JSON; amounts are texts because JSON's numbers are not exact. */
interface StoredLine {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly net: string;
  readonly tax: string;
}

/** A document from its row. */
export function toDocument(row: DocumentRow): OrderDocument {
  const { seller, buyer, corrects, lines } = row.content;
  const money = (minor: bigint): Money => Money.of(row.currency, minor);
  return {
    documentId: row.document_id,
    kind: row.kind,
    number: documentNumber(row.kind, row.year, row.number),
    orderId: row.order_id,
    orderNumber: orderNumberOf(row.order_id),
    customer: { id: row.customer_id, kind: row.customer_kind },
    cause: row.cause,
    issueTime: row.issue_time,
    orderTime: row.order_time,
    seller,
    buyer,
    corrects,
    currency: row.currency,
    lines: lines.map((line): DocumentLine => {
      const net = money(BigInt(line.net));
      const tax = money(BigInt(line.tax));
      return { ...line, net, tax, total: net.plus(tax) };
    }),
    net: money(row.net_minor),
    tax: money(row.tax_minor),
    total: money(row.total_minor),
  };
}

/** A row for a document. */
export function documentRow(document: OrderDocument): Record<string, string | number | Date> {
  const { seller, buyer, corrects, issueTime } = document;
  const content = {
    seller,
    buyer,
    corrects,
    lines: document.lines.map(({ lineId, sku, title, quantity, net, tax }) => ({
      lineId,
      sku,
      title,
      quantity,
      net: net.minor.toString(),
      tax: tax.minor.toString(),
    })),
  };
  return {
    document_id: document.documentId,
    order_id: document.orderId,
    customer_id: document.customer.id,
    customer_kind: document.customer.kind,
    kind: document.kind,
    cause: document.cause,
    seller_id: seller.sellerId,
    year: issueTime.getUTCFullYear(),
    number: Number(document.number.split('-').at(-1)),
    issue_time: issueTime,
    order_time: document.orderTime,
    currency: document.currency,
    net_minor: document.net.minor.toString(),
    tax_minor: document.tax.minor.toString(),
    total_minor: document.total.minor.toString(),
    content: JSON.stringify(content),
  };
}
