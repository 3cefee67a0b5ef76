import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  DocumentKind,
  OrderDocumentLinkSchema,
  type OrderDocumentSchema,
} from '@souk/gen/souk/order/v1/document_pb';
import { type Order as OrderMessage, OrderSchema } from '@souk/gen/souk/order/v1/order_pb';
import { moneyToProto } from '@souk/rpc';
import type { OrderDocument } from '../domain/order-document.ts';
import { addressToProto } from './to-proto.ts';

const KINDS = { invoice: DocumentKind.INVOICE, 'credit-note': DocumentKind.CREDIT_NOTE } as const;

/** A document with everything that is printed on it. */
export function documentToProto(document: OrderDocument): MessageInitShape<typeof OrderDocumentSchema> {
  const { seller } = document;
  return {
    documentId: document.documentId,
    kind: KINDS[document.kind],
    number: document.number,
    orderId: document.orderId,
    orderNumber: document.orderNumber,
    customerId: document.customer.id,
    cause: document.cause,
    issueTime: timestampFromDate(document.issueTime),
    orderTime: timestampFromDate(document.orderTime),
    seller: { ...seller, addressLines: [...seller.addressLines] },
    buyer: addressToProto(document.buyer),
    lines: document.lines.map((line) => ({
      ...line,
      net: moneyToProto(line.net),
      tax: moneyToProto(line.tax),
      total: moneyToProto(line.total),
    })),
    net: moneyToProto(document.net),
    tax: moneyToProto(document.tax),
    total: moneyToProto(document.total),
    correctsNumber: document.corrects ?? '',
  };
}

/** An order with everything, and where its documents are found. */
export function orderWithDocuments(
  order: MessageInitShape<typeof OrderSchema>,
  documents: readonly OrderDocument[],
): OrderMessage {
  const message = create(OrderSchema, order);
  message.documents = documents.map((document) => create(OrderDocumentLinkSchema, linkToProto(document)));
  return message;
}

function linkToProto(document: OrderDocument): MessageInitShape<typeof OrderDocumentLinkSchema> {
  return {
    documentId: document.documentId,
    kind: KINDS[document.kind],
    number: document.number,
    issueTime: timestampFromDate(document.issueTime),
    total: moneyToProto(document.total),
  };
}
