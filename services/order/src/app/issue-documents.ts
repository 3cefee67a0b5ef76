import { type Clock, newId, pause } from '@souk/kernel';
import {
  type DocumentDraft,
  type DocumentKind,
  documentNumber,
  draftOf,
  type OrderDocument,
  type Seller,
  uncredited,
} from '../domain/order-document.ts';
import type { DocumentPorts, DocumentTransaction, DueDocument } from './document-ports.ts';

/** How many causes one transaction settles: their numbers are taken by one statement. */
const BATCH = 200;
const KINDS: readonly DocumentKind[] = ['invoice', 'credit-note'];

/** Issues what is due, again and again until the signal. */
export async function issueDocuments(
  ports: Pick<DocumentPorts, 'documents' | 'seller'> & { readonly clock: Clock },
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const settled = await issueDue(ports);
    if (settled < BATCH) await pause(everyMs, signal);
  }
}

/**
 * Issues documents for the oldest causes; how many causes were settled.
 *
 * Numbers are taken from the counter in the transaction that stores the documents: what fails gives its numbers back, so
 * there are no gaps. It happens apart from the checkout, so that no buyer waits for the counter's row.
 */
async function issueDue({
  documents,
  seller,
  clock,
}: Pick<DocumentPorts, 'documents' | 'seller'> & { readonly clock: Clock }): Promise<number> {
  return documents.transaction(async (tx) => {
    const issueTime = clock.now();
    const due = await tx.takeDue(BATCH);
    if (due.length === 0) return 0;
    const earlier = await tx.documentsOf([...new Set(due.map(({ order }) => order.orderId))]);
    const drafts = draftsFor(due, earlier);
    const issued = numbered(
      drafts,
      earlier,
      await takeNumbers(tx, seller, issueTime, drafts),
      seller,
      issueTime,
    );
    await tx.insertDocuments(issued);
    await tx.settle(due);
    return due.length;
  });
}

/** What each cause calls for: an invoice for what was sold with it, a credit note for what was taken back. */
function draftsFor(due: readonly DueDocument[], earlier: readonly OrderDocument[]): readonly DocumentDraft[] {
  const drafts: DocumentDraft[] = [];
  for (const { order, cause, sold, takenBack } of due) {
    const before = [...earlier, ...drafts].filter(({ orderId }) => orderId === order.orderId);
    // A cancelled order takes back whatever is left, and nothing when it was never paid.
    const lines = cause === 'cancellation' ? uncredited(before) : takenBack;
    const both = [draftOf(order, 'invoice', cause, sold), draftOf(order, 'credit-note', cause, lines)];
    drafts.push(...both.filter((draft) => draft !== undefined));
  }
  return drafts;
}

/** The first number of each kind; the counters are locked in the order of `KINDS`, so never crosswise. */
async function takeNumbers(
  tx: DocumentTransaction,
  { sellerId }: Seller,
  issueTime: Date,
  drafts: readonly DocumentDraft[],
): Promise<Map<DocumentKind, number>> {
  const first = new Map<DocumentKind, number>();
  for (const kind of KINDS) {
    const count = drafts.filter((draft) => draft.kind === kind).length;
    if (count === 0) continue;
    first.set(kind, await tx.takeNumbers({ sellerId, kind, year: issueTime.getUTCFullYear() }, count));
  }
  return first;
}

function numbered(
  drafts: readonly DocumentDraft[],
  earlier: readonly OrderDocument[],
  next: Map<DocumentKind, number>,
  seller: Seller,
  issueTime: Date,
): readonly OrderDocument[] {
  const issued: OrderDocument[] = [];
  for (const draft of drafts) {
    const count = next.get(draft.kind) ?? 0;
    next.set(draft.kind, count + 1);
    const invoice = [...earlier, ...issued].find(
      ({ kind, orderId }) => kind === 'invoice' && orderId === draft.orderId,
    );
    issued.push({
      ...draft,
      documentId: newId(),
      number: documentNumber(draft.kind, issueTime.getUTCFullYear(), count),
      seller,
      issueTime,
      corrects: draft.kind === 'credit-note' ? invoice?.number : undefined,
    });
  }
  return issued;
}
