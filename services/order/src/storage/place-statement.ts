import type { Envelope } from '@souk/messaging';
import { appendToOutbox, outboxRows, type Sql, type Statement } from '@souk/sql';
import type { RequestKey } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import type { Order } from '../domain/order.ts';
import { leaseMs, SAGA_COLUMNS, sagaRow } from './saga-row.ts';
import {
  CHANGING_COLUMNS,
  FIXED_COLUMNS,
  HISTORY_COLUMNS,
  historyRows,
  LINE_COLUMNS,
  lineRows,
  orderRow,
} from './write-order.ts';

const COLUMNS = [...FIXED_COLUMNS, ...CHANGING_COLUMNS].join(', ');

const PLACE: Statement = {
  name: 'place-order',
  text: `
  with placed as (
    insert into orders (${COLUMNS}) select ${COLUMNS} from json_populate_record(null::orders, ?::json)
    on conflict (customer_id, request_id) do nothing returning order_id
  ), line as (
    insert into order_lines (${LINE_COLUMNS})
    select ${LINE_COLUMNS} from json_populate_recordset(null::order_lines, ?::json) where exists (select from placed)
  ), story as (
    insert into order_history (${HISTORY_COLUMNS})
    select ${HISTORY_COLUMNS} from json_populate_recordset(null::order_history, ?::json)
    where exists (select from placed)
  ), saga as (
    insert into sagas (${SAGA_COLUMNS}, lease_until)
    select ${SAGA_COLUMNS}, now() + ? * interval '1 millisecond' from json_populate_record(null::sagas, ?::json)
    where exists (select from placed)
  ), told as (${appendToOutbox('exists (select from placed)')})
  select order_id from placed`,
};

/**
 * Stores a new order with its lines, history, saga and facts: one statement, one commit. False, and nothing stored, when
 * its customer has used the request id before.
 */
export async function placeInOneStatement(
  sql: Sql,
  order: Order,
  key: RequestKey,
  saga: Saga,
  facts: readonly Envelope[],
): Promise<boolean> {
  const placed = await sql.run<{ order_id: string }>(
    PLACE,
    [
      JSON.stringify(orderRow(order, key)),
      JSON.stringify(lineRows(order.orderId, order.lines)),
      JSON.stringify(historyRows(order.orderId, order.history, 0)),
      leaseMs(saga),
      JSON.stringify(sagaRow(saga)),
      outboxRows(facts),
    ],
    { appends: true },
  );
  return placed.length === 1;
}
