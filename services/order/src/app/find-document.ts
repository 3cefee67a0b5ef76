import { notFound } from '@souk/kernel';
import type { OrderDocument } from '../domain/order-document.ts';
import type { DocumentStore } from './document-ports.ts';
import { covers, type Scope } from './find-order.ts';

/**
 * One invoice or credit note.
 *
 * @throws DomainError `DOCUMENT_NOT_FOUND`, for another customer's too.
 */
export async function findDocument(
  documents: DocumentStore,
  documentId: string,
  scope: Scope,
): Promise<OrderDocument> {
  const document = await documents.findDocument(documentId);
  if (document === undefined || !covers(scope, document.customer))
    throw notFound('DOCUMENT_NOT_FOUND', 'There is no such document.');
  return document;
}
