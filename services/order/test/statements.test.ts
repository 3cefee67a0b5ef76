import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderState, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { testEngines } from '@souk/testing';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';
import { refusalOf, startOrder, type TestOrder } from './start-order.ts';

let proxy: SqlProxy;
let test: TestOrder;

beforeAll(async () => {
  proxy = await startSqlProxy(testEngines().postgres);
  test = await startOrder(
    { SOUK_ORDER_SAGA_LEASE_MS: '12000', SOUK_ORDER_SAGA_POLL_MS: '60000' },
    { postgres: proxy.url },
  );
});
afterAll(async () => {
  await test.service.stop();
  proxy.close();
});

/** What a call sends to the database, by the first table that each statement changes. */
async function statementsOf(call: () => Promise<unknown>): Promise<readonly string[]> {
  const from = proxy.statements.length;
  await call();
  return proxy.statements.slice(from).filter(isOfCheckout);
}

describe('SQL statements', () => {
  it('of a checkout are two, each a transaction of its own: the order is placed, the order is paid', async () => {
    const { client, request } = test.shopper();
    await client.placeOrder(request({ A: 1 }));
    const statements = await statementsOf(async () => {
      const { order } = await client.placeOrder(request({ A: 1, B: 2, C: 3 }));
      expect(order).toMatchObject({ state: OrderState.CONFIRMED, paymentState: PaymentState.CAPTURED });
    });
    expect(statements.map((statement) => /insert into \w+|update \w+/.exec(statement)?.[0])).toEqual([
      'insert into orders',
      'update orders',
    ]);
  });

  it('of a refused checkout are two as well, when nothing has to be given back', async () => {
    const { client, request } = test.shopper();
    const statements = await statementsOf(async () => {
      expect((await refusalOf(client.placeOrder(request({ A: 5_000 }))))?.reason).toBe('STOCK_INSUFFICIENT');
    });
    expect(statements).toHaveLength(2);
  });
});

/** Statements on the tables of orders and sagas; what recovery, watch, documents and relay do meanwhile is left out. */
function isOfCheckout(statement: string): boolean {
  return (
    /\b(insert into|update|for update of) "?(orders|order_\w+|sagas)\b/i.test(statement) &&
    !/for update skip locked/.test(statement)
  );
}
