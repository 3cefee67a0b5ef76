import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { OrderFact, OrderStore, OrderTransaction } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import { listOrders, listReturns, listSagas } from './lists.ts';
import { HISTORY, LINES, type OrderRow, toOrder } from './order-row.ts';
import { insertReturn, RETURN_LINES, type ReturnRow, toReturn, updateReturn } from './return-row.ts';
import { claimDue, insertSaga, OPEN_STATES, type SagaRow, toSaga, updateSaga } from './saga-row.ts';
import { insertOrder, updateOrder } from './write-order.ts';

/** What the store needs besides the database. */
export interface OrderStoreOptions {
  /** Turns a fact into the message that is stored beside the change. */
  readonly toEvent: (fact: OrderFact) => Envelope;
  /** Told of every order that a committed transaction has stored. */
  readonly onChanged: (order: Order) => void;
}

/** Orders, returns and sagas in PostgreSQL. */
export function postgresOrderStore(sql: Sql, { toEvent, onChanged }: OrderStoreOptions): OrderStore {
  const { knex } = sql;
  const orders = (db: Knex): Knex.QueryBuilder<OrderRow, OrderRow[]> =>
    db<OrderRow>('orders as o').select<OrderRow[]>('o.*', db.raw(LINES), db.raw(HISTORY));
  const returns = (db: Knex): Knex.QueryBuilder<ReturnRow, ReturnRow[]> =>
    db<ReturnRow>('returns as r').select<ReturnRow[]>('r.*', db.raw(RETURN_LINES));

  const bind = (trx: Knex.Transaction, stored: Order[]): OrderTransaction => ({
    async insertOrder(order, key) {
      const isNew = await insertOrder(trx, order, key);
      if (isNew) stored.push(order);
      return isNew;
    },
    async lockOrder(orderId) {
      const row = await orders(trx).where('o.order_id', orderId).forUpdate('o').first();
      return row && toOrder(row);
    },
    async saveOrder(before, after) {
      await updateOrder(trx, before, after);
      stored.push(after);
    },
    async findReturnByRequest(orderId, requestId) {
      const row = await returns(trx).where('r.order_id', orderId).where('r.request_id', requestId).first();
      return row && { value: toReturn(row), fingerprint: row.request_fingerprint };
    },
    insertReturn: (orderReturn, key) => insertReturn(trx, orderReturn, key),
    async lockReturn(returnId) {
      const row = await returns(trx).where('r.return_id', returnId).forUpdate('r').first();
      if (row === undefined) return undefined;
      const { receipt_request_id: requestId, receipt_fingerprint: fingerprint } = row;
      const receipt = requestId === null || fingerprint === null ? undefined : { requestId, fingerprint };
      return { orderReturn: toReturn(row), receipt };
    },
    saveReturn: (orderReturn, receipt) => updateReturn(trx, orderReturn, receipt),
    tell: (facts) => appendOutbox(trx, facts.map(toEvent)),
    insertSaga: (saga) => insertSaga(trx, saga),
    saveSaga: (saga, holder) => updateSaga(trx, saga, holder),
  });

  return {
    async transaction(work) {
      let stored: Order[] = [];
      const result = await sql.transaction((trx) => {
        stored = [];
        return work(bind(trx, stored));
      });
      stored.forEach(onChanged);
      return result;
    },
    saveSaga: (saga, holder) => updateSaga(knex, saga, holder),
    claimDue: (limit, leaseMs) => claimDue(knex, limit, leaseMs),

    async findOrder(orderId) {
      const row = await orders(knex).where('o.order_id', orderId).first();
      return row && toOrder(row);
    },
    async findOrderByRequest(customerId, requestId) {
      const row = await orders(knex)
        .where('o.customer_id', customerId)
        .where('o.request_id', requestId)
        .first();
      return row && { value: toOrder(row), fingerprint: row.request_fingerprint };
    },
    listOrders: (filter) => listOrders(knex, filter),
    async findReturn(returnId) {
      const row = await returns(knex).where('r.return_id', returnId).first();
      return row && toReturn(row);
    },
    listReturns: (filter) => listReturns(knex, filter),
    async findSaga(sagaId) {
      const row = await knex<SagaRow>('sagas')
        .select('*')
        .where('saga_id', sagaId)
        .first<SagaRow | undefined>();
      return row && toSaga(row);
    },
    listSagas: (filter) => listSagas(knex, filter),
    async makeSagaDue(sagaId) {
      const count = await knex('sagas')
        .where('saga_id', sagaId)
        .whereIn('state', OPEN_STATES)
        .update({ lease_until: knex.fn.now() });
      return count === 1;
    },
  };
}
