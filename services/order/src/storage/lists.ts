import type { Knex } from 'knex';
import type { ListedOrder, OrderFilter, ReturnFilter, SagaFilter } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import { LINES, NOTHING, type OrderRow, toOrder } from './order-row.ts';
import { RETURN_LINES, type ReturnRow, toReturn } from './return-row.ts';
import { OPEN_STATES, type SagaRow, toSaga } from './saga-row.ts';

/** A page of orders, latest first; there is an index for each filter that narrows. */
export async function listOrders(knex: Knex, filter: OrderFilter): Promise<readonly ListedOrder[]> {
  const query = knex<OrderRow>('orders as o').select<OrderRow[]>(
    'o.*',
    knex.raw(filter.withLines ? LINES : NOTHING('lines')),
    knex.raw(NOTHING('history')),
  );
  if (filter.customerId !== undefined) query.where('o.customer_id', filter.customerId);
  if (filter.states.length > 0) query.whereIn('o.state', [...filter.states]);
  if (filter.from !== undefined) query.where('o.order_time', '>=', filter.from);
  if (filter.until !== undefined) query.where('o.order_time', '<', filter.until);
  if (filter.email !== undefined) query.whereRaw('lower(o.email) = lower(?)', [filter.email]);
  if (filter.sku !== undefined)
    query.whereRaw('exists (select from order_lines s where s.order_id = o.order_id and s.sku = ?)', [
      filter.sku,
    ]);
  if (filter.orderIds !== undefined)
    query.whereBetween('o.order_id', [filter.orderIds.first, filter.orderIds.last]);
  if (filter.after !== undefined)
    query.whereRaw('(o.order_time, o.order_id) < (?, ?)', [filter.after.time, filter.after.id]);
  const rows = await query.orderBy('o.order_time', 'desc').orderBy('o.order_id', 'desc').limit(filter.limit);
  return rows.map((row) => ({ order: toOrder(row), lineCount: row.line_count }));
}

/** A page of returns, latest first. */
export async function listReturns(knex: Knex, filter: ReturnFilter): Promise<readonly OrderReturn[]> {
  const query = knex<ReturnRow>('returns as r').select<ReturnRow[]>('r.*', knex.raw(RETURN_LINES));
  if (filter.customerId !== undefined) query.where('r.customer_id', filter.customerId);
  if (filter.orderId !== undefined) query.where('r.order_id', filter.orderId);
  if (filter.after !== undefined)
    query.whereRaw('(r.return_time, r.return_id) < (?, ?)', [filter.after.time, filter.after.id]);
  const rows = await query
    .orderBy('r.return_time', 'desc')
    .orderBy('r.return_id', 'desc')
    .limit(filter.limit);
  return rows.map(toReturn);
}

/** A page of sagas, oldest first. */
export async function listSagas(knex: Knex, filter: SagaFilter): Promise<readonly Saga[]> {
  const query = knex<SagaRow>('sagas').select<SagaRow[]>('*');
  if (filter.orderId !== undefined) query.where('order_id', filter.orderId);
  if (filter.states.length > 0) query.whereIn('state', [...filter.states]);
  else if (!filter.includeEnded) query.whereIn('state', [...OPEN_STATES]);
  if (filter.begunBefore !== undefined) query.where('create_time', '<', filter.begunBefore);
  if (filter.after !== undefined) query.where('saga_id', '>', filter.after);
  const rows = await query.orderBy('saga_id').limit(filter.limit);
  return rows.map(toSaga);
}
