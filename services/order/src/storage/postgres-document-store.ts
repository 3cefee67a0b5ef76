import { Money } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { DocumentStore, DocumentTransaction, DueDocument } from '../app/document-ports.ts';
import type { Order } from '../domain/order.ts';
import { type DocumentLine, invoiceLine, type OrderDocument } from '../domain/order-document.ts';
import type { OrderEdit } from '../domain/order-edit.ts';
import type { OrderLine } from '../domain/order-line.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import { type DocumentRow, documentRow, toDocument } from './document-row.ts';
import { type EditRow, toEdit } from './edit-row.ts';
import { LINES, NOTHING, type OrderRow, toOrder } from './order-row.ts';
import { RETURN_LINES, type ReturnRow, toReturn } from './return-row.ts';

/** Any number that nobody else locks in the service's own database. */
const ISSUER_LOCK = 7_110;

interface DueRow {
  readonly due_id: bigint;
  readonly order_id: string;
  readonly cause: string;
  /** Amounts are texts because JSON's numbers are not exact. */
  readonly lines:
    | readonly (Pick<DocumentLine, 'lineId' | 'sku' | 'title' | 'quantity'> & {
        readonly net: string;
        readonly tax: string;
      })[]
    | null;
}

/** Documents in PostgreSQL. */
export function postgresDocumentStore({ knex, transaction }: Sql): DocumentStore {
  return {
    transaction: (work) => transaction((trx) => work(bind(trx))),
    documentsOf: (orderId) => documentsOf(knex, [orderId]),
    async findDocument(documentId) {
      const row = await knex<DocumentRow>('order_documents')
        .where('document_id', documentId)
        .first<DocumentRow | undefined>();
      return row && toDocument(row);
    },
  };
}

function bind(trx: Knex.Transaction): DocumentTransaction {
  return {
    takeDue: (limit) => takeDue(trx, limit),
    documentsOf: (orderIds) => documentsOf(trx, orderIds),
    async takeNumbers({ sellerId, kind, year }, count) {
      const { rows } = await trx.raw<{ rows: { last_number: number }[] }>(
        `insert into document_numbers as n (seller_id, kind, year, last_number) values (?, ?, ?, ?)
         on conflict (seller_id, kind, year) do update set last_number = n.last_number + excluded.last_number
         returning last_number`,
        [sellerId, kind, year, count],
      );
      const last = rows[0]?.last_number ?? 0;
      return last - count + 1;
    },
    async insertDocuments(documents) {
      if (documents.length > 0) await trx('order_documents').insert(documents.map(documentRow));
    },
    async settle(due) {
      await trx('documents_due')
        .whereIn(
          'due_id',
          due.map(({ dueId }) => dueId),
        )
        .delete();
    },
  };
}

/** Only one process issues at a time, so that an order's documents follow each other. */
async function takeDue(trx: Knex.Transaction, limit: number): Promise<readonly DueDocument[]> {
  const { rows: locks } = await trx.raw<{ rows: { locked: boolean }[] }>(
    'select pg_try_advisory_xact_lock(?) as locked',
    [ISSUER_LOCK],
  );
  if (locks[0]?.locked !== true) return [];
  const due = await trx<DueRow>('documents_due').select<DueRow[]>('*').orderBy('due_id').limit(limit);
  if (due.length === 0) return [];
  const orderIds = [...new Set(due.map((row) => row.order_id))];
  const rows = await trx<OrderRow>('orders as o')
    .select<OrderRow[]>('o.*', trx.raw(LINES), trx.raw(NOTHING('history')))
    .whereIn('o.order_id', orderIds);
  const orders = new Map(rows.map((row) => [row.order_id, toOrder(row)]));
  const returns = await returnsOf(trx, due);
  const edits = await editsOf(trx, due);
  return due.map((row): DueDocument => {
    const order = orders.get(row.order_id);
    if (order === undefined) throw new Error(`order ${row.order_id} is gone`);
    return {
      dueId: String(row.due_id),
      order,
      cause: row.cause,
      sold: order.lines.filter((line) => causeOf(line) === row.cause).map(invoiceLine),
      takenBack: takenBack(row, order, returns.get(row.cause), edits.get(row.cause)),
    };
  });
}

/** What a line was sold with. */
function causeOf(line: OrderLine): string {
  return line.editId === undefined ? 'sale' : `edit:${line.editId}`;
}

function takenBack(
  due: DueRow,
  order: Order,
  returned: OrderReturn | undefined,
  edit: OrderEdit | undefined,
): readonly DocumentLine[] {
  const titles = new Map(order.lines.map((line) => [line.lineId, line.title]));
  const titled = (line: Omit<DocumentLine, 'title'>): DocumentLine => {
    const { lineId, sku, quantity, net, tax, total } = line;
    return { lineId, sku, title: titles.get(lineId) ?? '', quantity, net, tax, total };
  };
  const arrived = (returned?.lines ?? []).map((line) =>
    titled({ ...line, quantity: line.goodQuantity + line.damagedQuantity }),
  );
  const cancelled = (due.lines ?? []).map((line): DocumentLine => {
    const net = Money.of(order.currency, BigInt(line.net));
    const tax = Money.of(order.currency, BigInt(line.tax));
    return { ...line, net, tax, total: net.plus(tax) };
  });
  return [...arrived, ...(edit?.removed ?? []).map(titled), ...cancelled];
}

async function editsOf(
  trx: Knex.Transaction,
  due: readonly DueRow[],
): Promise<ReadonlyMap<string, OrderEdit>> {
  const ids = due.flatMap(({ cause }) => (cause.startsWith('edit:') ? [cause.slice('edit:'.length)] : []));
  if (ids.length === 0) return new Map();
  const rows = await trx<EditRow>('order_edits').select<EditRow[]>('*').whereIn('edit_id', ids);
  return new Map(rows.map((row) => [`edit:${row.edit_id}`, toEdit(row)]));
}

async function returnsOf(
  trx: Knex.Transaction,
  due: readonly DueRow[],
): Promise<ReadonlyMap<string, OrderReturn>> {
  const ids = due.flatMap(({ cause }) =>
    cause.startsWith('return:') ? [cause.slice('return:'.length)] : [],
  );
  if (ids.length === 0) return new Map();
  const rows = await trx<ReturnRow>('returns as r')
    .select<ReturnRow[]>('r.*', trx.raw(RETURN_LINES))
    .whereIn('r.return_id', ids);
  return new Map(rows.map((row) => [`return:${row.return_id}`, toReturn(row)]));
}

async function documentsOf(db: Knex, orderIds: readonly string[]): Promise<readonly OrderDocument[]> {
  const rows = await db<DocumentRow>('order_documents')
    .select<DocumentRow[]>('*')
    .whereIn('order_id', [...orderIds])
    .orderBy('document_id');
  return rows.map(toDocument);
}
