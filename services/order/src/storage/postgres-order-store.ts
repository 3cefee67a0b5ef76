import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { OrderFact, OrderStore, OrderTransaction } from '../app/ports.ts';
import type { Order } from '../domain/order.ts';
import { listOrders, listReturns, listSagas } from './lists.ts';
import { HISTORY, LINES, type OrderRow, toOrder } from './order-row.ts';
import { insertReturn, RETURN_LINES, type ReturnRow, toReturn, updateReturn } from './return-row.ts';
import { allocationRows, readAllocations, updateAllocations } from './allocation-row.ts';
import { OrdersInFlight } from './orders-in-flight.ts';
import { placeInOneStatement } from './place-statement.ts';
import { editTransaction, noteDocuments } from './postgres-edits.ts';
import { QuickWork } from './quick-work.ts';
import {
  claimDue,
  insertSaga,
  makeWaitingDue,
  OPEN_STATES,
  type SagaRow,
  stuckSagas,
  takeSaga,
  toSaga,
  updateSaga,
} from './saga-row.ts';
import { insertShipment, listShipments, shipments, toShipment, updateShipment } from './shipment-row.ts';
import { updateOrder } from './write-order.ts';

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

  const inFlight = new OrdersInFlight();
  const changed = (order: Order): void => {
    inFlight.note(order);
    onChanged(order);
  };

  const bind = (trx: Knex.Transaction, stored: Order[]): OrderTransaction => ({
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
    async insertAllocations(orderId, allocations) {
      if (allocations.length === 0) return;
      await trx.raw(
        `insert into order_allocations select * from json_populate_recordset(null::order_allocations, ?::json)
         on conflict do nothing`,
        [JSON.stringify(allocationRows(orderId, allocations))],
      );
    },
    lockAllocations: (orderId) => readAllocations(trx, orderId),
    saveAllocations: (orderId, before, after) => updateAllocations(trx, orderId, before, after),
    async claimCancellation(orderId, cancellationId, key) {
      const known = await trx('line_cancellations')
        .where({ order_id: orderId, request_id: key.requestId })
        .first<{ request_fingerprint: string } | undefined>('request_fingerprint');
      if (known !== undefined) return known.request_fingerprint;
      await trx('line_cancellations').insert({
        cancellation_id: cancellationId,
        order_id: orderId,
        request_id: key.requestId,
        request_fingerprint: key.fingerprint,
      });
      return undefined;
    },
    async findShipmentByRequest(orderId, requestId) {
      const row = await shipments(trx).where('s.order_id', orderId).where('s.request_id', requestId).first();
      return row && { value: toShipment(row), fingerprint: row.request_fingerprint };
    },
    insertShipment: (shipment, key) => insertShipment(trx, shipment, key),
    async findShipment(shipmentId) {
      const row = await shipments(trx).where('s.shipment_id', shipmentId).first();
      return row && toShipment(row);
    },
    saveShipment: (shipment) => updateShipment(trx, shipment),
    async lockSaga(sagaId) {
      const row = await trx<SagaRow>('sagas')
        .where('saga_id', sagaId)
        .forUpdate()
        .first<SagaRow | undefined>();
      return row && toSaga(row);
    },
    takeSaga: (saga) => takeSaga(trx, saga),
    edits: editTransaction(trx),
    async tell(facts) {
      await appendOutbox(trx, facts.map(toEvent));
      await noteDocuments(trx, facts);
    },
    insertSaga: (saga) => insertSaga(trx, saga),
    saveSaga: (saga, holder) => updateSaga(trx, saga, holder),
  });

  /** Work on an order that is in memory, in one statement; undefined when that cannot be, or could not be this time. */
  const quickly = async <T>(
    work: (tx: OrderTransaction) => Promise<T>,
  ): Promise<{ value: T } | undefined> => {
    const quick = new QuickWork(inFlight.find);
    let value: T;
    try {
      value = await work(quick.transaction);
    } catch {
      // Whatever it is, the transaction will tell: what is known here may be out of date.
      return undefined;
    }
    const order = await quick.write(sql, toEvent);
    if (order === undefined) return undefined;
    changed(order);
    return { value };
  };

  return {
    async place(order, key, saga, facts) {
      const isNew = await placeInOneStatement(sql, order, key, saga, facts.map(toEvent));
      if (isNew) changed(order);
      return isNew;
    },
    async transaction(work) {
      const done = await quickly(work);
      if (done !== undefined) return done.value;
      let stored: Order[] = [];
      const result = await sql.transaction((trx) => {
        stored = [];
        return work(bind(trx, stored));
      });
      stored.forEach(changed);
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
    async findShipment(shipmentId) {
      const row = await shipments(knex).where('s.shipment_id', shipmentId).first();
      return row && toShipment(row);
    },
    listShipments: (filter) => listShipments(knex, filter),
    findAllocations: (orderId) => readAllocations(knex, orderId),
    stuckSagas: (begunBefore) => stuckSagas(knex, begunBefore),
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
        .update({
          state: knex.raw(
            `case when state <> 'blocked' then state when refusal is null then 'running' else 'compensating' end`,
          ),
          lease_until: knex.fn.now(),
        });
      return count === 1;
    },
    makeWaitingDue: (orderIds) => makeWaitingDue(knex, orderIds),
  };
}
