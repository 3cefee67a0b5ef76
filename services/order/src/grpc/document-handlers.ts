import type { ServiceImpl } from '@connectrpc/connect';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { ownerScope } from '@souk/rpc';
import type { DocumentPorts } from '../app/document-ports.ts';
import { findDocument } from '../app/find-document.ts';
import { findOrder } from '../app/find-order.ts';
import type { OrderPorts } from '../app/ports.ts';
import { documentToProto } from './document-to-proto.ts';

/** The RPCs about invoices and credit notes. */
export function documentHandlers(
  { store }: Pick<OrderPorts, 'store'>,
  { documents, printer }: DocumentPorts,
): Pick<
  ServiceImpl<typeof OrderService>,
  'listOrderDocuments' | 'getOrderDocument' | 'downloadOrderDocument'
> {
  return {
    async listOrderDocuments({ orderId }, context) {
      await findOrder(store, orderId, ownerScope(context));
      return { documents: (await documents.documentsOf(orderId)).map(documentToProto) };
    },

    async getOrderDocument({ documentId }, context) {
      const document = await findDocument(documents, documentId, ownerScope(context));
      return { document: documentToProto(document) };
    },

    async downloadOrderDocument({ documentId }, context) {
      const document = await findDocument(documents, documentId, ownerScope(context));
      return { content: { contentType: 'application/pdf', data: await printer.print(document) } };
    },
  };
}
