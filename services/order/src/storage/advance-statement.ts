import type { Envelope } from '@souk/messaging';
import { appendToOutbox, outboxRows, type Sql, SqlError, type Statement } from '@souk/sql';
import type { Saga } from '../app/saga/saga.ts';
import type { Order } from '../domain/order.ts';
import { CHANGING_SAGA_COLUMNS, leaseMs, sagaRow } from './saga-row.ts';
import { CHANGING_COLUMNS, changingRow, HISTORY_COLUMNS, historyRows } from './write-order.ts';

const assign = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = n.${column}`).join(', ');

const ADVANCE: Statement = {
  name: 'advance-order',
  text: `
  with changed as (
    update orders o set ${assign(CHANGING_COLUMNS)}
    from json_populate_record(null::orders, ?::json) n where o.order_id = ? and o.version = ? returning o.order_id
  ), story as (
    insert into order_history (${HISTORY_COLUMNS})
    select ${HISTORY_COLUMNS} from json_populate_recordset(null::order_history, ?::json)
    where exists (select from changed)
  ), moved as (
    update sagas s set ${assign(CHANGING_SAGA_COLUMNS)}, lease_until = now() + ? * interval '1 millisecond'
    from json_populate_record(null::sagas, ?::json) n
    where s.saga_id = n.saga_id and s.lease_owner = ? and exists (select from changed) returning s.saga_id
  ), allocated as (
    insert into order_allocations select * from json_populate_recordset(null::order_allocations, ?::json)
    where exists (select from changed) on conflict do nothing
  ), told as (${appendToOutbox('exists (select from changed)')})
  select stale_unless((select count(*) from moved) = 1)`,
};

/** A step of an order and of the saga that makes it. */
export interface Advance {
  readonly before: Order;
  readonly after: Order;
  readonly saga: Saga;
  /** Who must hold the saga. */
  readonly holder: string;
  readonly facts: readonly Envelope[];
  /** Rows of `order_allocations`. */
  readonly allocations: readonly object[];
}

/**
 * Stores a step of an order and of its saga: one statement, one commit. False, and nothing stored, when the order is not
 * at the version that the step began with, or the saga is held by another.
 */
export async function advanceInOneStatement(sql: Sql, advance: Advance): Promise<boolean> {
  const { before, after, saga, holder, facts, allocations } = advance;
  const entries = after.history.slice(before.history.length);
  try {
    await sql.run(
      ADVANCE,
      [
        JSON.stringify(changingRow(after)),
        after.orderId,
        before.version,
        JSON.stringify(historyRows(after.orderId, entries, before.history.length)),
        leaseMs(saga),
        JSON.stringify(sagaRow(saga)),
        holder,
        JSON.stringify(allocations),
        outboxRows(facts),
      ],
      { appends: facts.length > 0 },
    );
    return true;
  } catch (error) {
    if (error instanceof SqlError && error.code === 'SK002') return false;
    throw error;
  }
}
