import type { Order } from '../domain/order.ts';
import type { DocumentKind, DocumentLine, OrderDocument, Seller } from '../domain/order-document.ts';

/** Something that a document has to be issued for. */
export interface DueDocument {
  readonly dueId: string;
  readonly order: Order;
  /** Kept by the cause: `sale`, `cancellation`, `return:<id>`, `lines-cancelled:<id>`, `edit:<id>`. */
  readonly cause: string;
  /** What was sold with it. */
  readonly sold: readonly DocumentLine[];
  /** What was taken back with it, if it says so itself. */
  readonly takenBack: readonly DocumentLine[];
}

/** A series of numbers. */
export interface NumberSeries {
  readonly sellerId: string;
  readonly kind: DocumentKind;
  readonly year: number;
}

/** A transaction that issues documents. */
export interface DocumentTransaction {
  /** The oldest things due, or none when another process issues now. */
  takeDue(limit: number): Promise<readonly DueDocument[]>;
  /** Documents of some orders, oldest first. */
  documentsOf(orderIds: readonly string[]): Promise<readonly OrderDocument[]>;
  /** Takes the next `count` numbers of a series; the first of them. Given back when the transaction fails. */
  takeNumbers(series: NumberSeries, count: number): Promise<number>;
  insertDocuments(documents: readonly OrderDocument[]): Promise<void>;
  settle(due: readonly DueDocument[]): Promise<void>;
}

/** Durable documents and what they are due for. */
export interface DocumentStore {
  transaction<T>(work: (tx: DocumentTransaction) => Promise<T>): Promise<T>;
  documentsOf(orderId: string): Promise<readonly OrderDocument[]>;
  findDocument(documentId: string): Promise<OrderDocument | undefined>;
}

/** Prints documents. */
export interface DocumentPrinter {
  /** The same bytes for the same document. */
  print(document: OrderDocument): Promise<Uint8Array<ArrayBuffer>>;
}

/** What the use cases about documents need. */
export interface DocumentPorts {
  readonly documents: DocumentStore;
  readonly printer: DocumentPrinter;
  readonly seller: Seller;
}
