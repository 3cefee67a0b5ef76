import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { EditStore, EditTransaction } from '../app/edit-ports.ts';
import type { OrderFact, RequestKey } from '../app/ports.ts';
import { allocationRows } from './allocation-row.ts';
import { changingEdit, type EditRow, editRow, toEdit } from './edit-row.ts';
import { OPEN_STATES } from './saga-row.ts';
import { LINE_COLUMNS, lineRows } from './write-order.ts';

const LIST_LIMIT = 100;

/** Edits in PostgreSQL. */
export function postgresEdits({ knex }: Sql): EditStore {
  return {
    async find(editId) {
      const row = await edits(knex).where('edit_id', editId).first<EditRow | undefined>();
      return row && toEdit(row);
    },
    async list(orderId) {
      const rows = await edits(knex)
        .where('order_id', orderId)
        .orderBy('edit_id', 'desc')
        .limit(LIST_LIMIT)
        .select<EditRow[]>('*');
      return rows.reverse().map(toEdit);
    },
  };
}

/** The part of a transaction that is about edits. */
export function editTransaction(trx: Knex.Transaction): EditTransaction {
  return {
    async findByRequest(orderId, requestId) {
      const row = await edits(trx)
        .where('order_id', orderId)
        .whereRaw('request_id = ?', [requestId])
        .first<EditRow | undefined>();
      return row && { value: toEdit(row), fingerprint: row.request_fingerprint };
    },
    async insert(edit, key) {
      const request = { request_id: key.requestId, request_fingerprint: key.fingerprint };
      await trx('order_edits').insert({ ...editRow(edit), ...request });
    },
    async lock(editId) {
      const row = await edits(trx).where('edit_id', editId).forUpdate().first<EditRow | undefined>();
      return row && { edit: toEdit(row), confirmation: confirmationOf(row) };
    },
    async save(edit, confirmation) {
      const request =
        confirmation === undefined
          ? {}
          : {
              confirm_request_id: confirmation.requestId,
              confirm_fingerprint: confirmation.fingerprint,
            };
      await trx('order_edits')
        .where('edit_id', edit.editId)
        .update({ ...changingEdit(edit), ...request });
    },
    async hasOpenSagas(orderId) {
      const open = await trx('sagas')
        .where('order_id', orderId)
        .whereIn('state', [...OPEN_STATES])
        // What is left of a checkout that is paid for is the cart, which no edit touches.
        .whereNot('kind', 'checkout')
        .first<{ saga_id: string } | undefined>('saga_id');
      return open !== undefined;
    },
    async grow(before, after) {
      const { totals } = after;
      await trx('orders').where('order_id', after.orderId).update({
        line_count: after.lines.length,
        list_minor: totals.listAmount.minor.toString(),
        discount_minor: totals.discount.minor.toString(),
        tax_minor: totals.tax.minor.toString(),
        total_minor: totals.total.minor.toString(),
      });
      const added = after.lines.slice(before.lines.length);
      if (added.length === 0) return;
      const rows = lineRows(after.orderId, added, before.lines.length).map((row, index) => ({
        ...row,
        edit_id: added[index]?.editId,
        restores: added[index]?.restores,
      }));
      await trx.raw(
        `insert into order_lines (${LINE_COLUMNS}, edit_id, restores)
         select ${LINE_COLUMNS}, edit_id, restores from json_populate_recordset(null::order_lines, ?::json)`,
        [JSON.stringify(rows)],
      );
    },
    async hold(orderId, editId) {
      await trx('orders')
        .where('order_id', orderId)
        .update({ edit_id: editId ?? null });
    },
    async addAllocations(orderId, allocations) {
      if (allocations.length === 0) return;
      await trx.raw(
        `insert into order_allocations
         select n.order_id, n.position + f.first, n.line_id, n.sku, n.location_id, n.quantity, n.shipped_quantity,
           n.cancelled_quantity
         from json_populate_recordset(null::order_allocations, ?::json) n,
           (select coalesce(max(position) + 1, 0) as first from order_allocations where order_id = ?) f`,
        [JSON.stringify(allocationRows(orderId, allocations)), orderId],
      );
    },
  };
}

/** Notes the credit notes that facts call for and no trigger sees. */
export async function noteDocuments(trx: Knex.Transaction, facts: readonly OrderFact[]): Promise<void> {
  for (const fact of facts) {
    if (fact.type !== 'lines-cancelled') continue;
    const lines = fact.lines.map(({ line, quantity, net, tax }) => ({
      ...{ lineId: line.lineId, sku: line.sku, title: line.title, quantity },
      net: net.minor.toString(),
      tax: tax.minor.toString(),
    }));
    await trx('documents_due')
      .insert({
        order_id: fact.order.orderId,
        cause: `lines-cancelled:${fact.cancellationId}`,
        lines: JSON.stringify(lines),
      })
      .onConflict()
      .ignore();
  }
}

function edits(db: Knex): Knex.QueryBuilder<EditRow> {
  return db<EditRow>('order_edits');
}

function confirmationOf(row: EditRow): RequestKey | undefined {
  const { confirm_request_id: requestId, confirm_fingerprint: fingerprint } = row;
  return requestId === null || fingerprint === null ? undefined : { requestId, fingerprint };
}
