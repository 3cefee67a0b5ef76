import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderState, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { precondition } from '@souk/kernel';
import { openSql, type Sql } from '@souk/sql';
import { eventually, testEngines } from '@souk/testing';
import { migrations } from '../src/storage/migrations/index.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';
import { startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let proxy: SqlProxy;
let test: TestOrder;
let database: Sql;

beforeAll(async () => {
  proxy = await startSqlProxy(testEngines().postgres);
  test = await startOrder({ SOUK_ORDER_SAGA_LEASE_MS: '1500' }, { postgres: proxy.url });
  database = await openSql(hostBeside(test.service, 'order'), { migrations, poolMax: 2 });
});
afterAll(async () => {
  test.world.fault = () => undefined;
  await test.service.stop();
  await database.close();
  proxy.close();
});

/** What a crash leaves: a worker that can write no more, and a saga that stands where it was last stored. */
async function loseProgress(orderId: string): Promise<void> {
  await database
    .knex('sagas')
    .where('order_id', orderId)
    .update({ lease_owner: database.knex.raw('gen_random_uuid()'), lease_until: database.knex.fn.now() });
}

const FORWARD = ['reserveStock', 'authorizePayment', 'commitReservation', 'capturePayment', 'closeCart'];

describe('checkout after a crash', () => {
  it.each(FORWARD.flatMap((rpc) => [`before ${rpc}`, `after ${rpc}`]))(
    'ends paid once when progress was lost %s',
    async (moment) => {
      const { client, request, id } = test.shopper();
      const before = test.world.stock.get('A') ?? 0;
      let isLost = false;
      test.world.fault = async (rpc, phase, orderId) => {
        if (isLost || `${phase} ${rpc}` !== moment) return;
        isLost = true;
        await loseProgress(orderId);
      };
      const sent = request({ A: 1 });
      await client.placeOrder(sent, { timeoutMs: 2_000 }).catch(() => undefined);
      expect(isLost).toBe(true);
      await eventually(async () => {
        const { orders } = await client.listOrders({});
        expect(orders).toMatchObject([
          { state: OrderState.CONFIRMED, paymentState: PaymentState.CAPTURED, customerId: id },
        ]);
      });
      const { order } = await client.placeOrder(sent);
      expect(test.world.paymentsOf(order?.orderId ?? '')).toMatchObject([
        { state: 'captured', refunded: 0n },
      ]);
      expect(test.world.stock.get('A')).toBe(before - 1);
      const isEnded = async () => {
        const { sagas } = await test.staff('order.sagas.read').listSagas({ orderId: order?.orderId ?? '' });
        expect(sagas).toEqual([]);
      };
      await eventually(isEnded);
    },
  );

  it.each([
    'before releaseReservation',
    'after releaseReservation',
    'after voidPayment',
    'before restockReturn',
    'after refundOrder',
  ])('gives everything back when progress was lost %s', async (moment) => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    const isRefusedLate = !moment.endsWith('releaseReservation');
    let isLost = false;
    test.world.fault = async (rpc, phase, orderId) => {
      if (isRefusedLate && rpc === 'commitReservation' && phase === 'before' && !moment.includes('restock'))
        test.world.expire(orderId);
      if (rpc === 'capturePayment' && phase === 'before' && /void|restock/.test(moment))
        throw precondition('PAYMENT_STATE_INVALID', 'the authorisation ran out');
      if (isLost || `${phase} ${rpc}` !== moment) return;
      isLost = true;
      await loseProgress(orderId);
    };
    const paymentMethod = isRefusedLate ? 'pm_card_visa' : 'pm_card_declined';
    await client
      .placeOrder(request({ A: 2 }, { paymentMethod }), { timeoutMs: 2_000 })
      .catch(() => undefined);
    expect(isLost).toBe(true);
    await eventually(async () => {
      const { orders } = await client.listOrders({});
      const [order] = orders;
      expect(order?.state).toBe(OrderState.REJECTED);
      expect(test.world.stock.get('A')).toBe(before);
      const net = test.world
        .paymentsOf(order?.orderId ?? '')
        .map(({ state, authorized, refunded }) =>
          state === 'captured' ? authorized - refunded : state === 'voided' ? 0n : authorized,
        );
      expect(net).toEqual(isRefusedLate ? [0n] : []);
    });
  });
});

describe('checkout', () => {
  it('goes on after all connections to the database broke', async () => {
    const { client, request } = test.shopper();
    let isCut = false;
    test.world.fault = (rpc) => {
      if (isCut || rpc !== 'authorizePayment') return;
      isCut = true;
      proxy.cut();
    };
    await client.placeOrder(request({ A: 1 })).catch(() => undefined);
    await eventually(async () => {
      const { orders } = await client.listOrders({});
      expect(orders).toMatchObject([{ paymentState: PaymentState.CAPTURED }]);
    });
  });

  it('is left to the next start when the service stops while payment does not answer', async () => {
    const { client, request, id } = test.shopper();
    let isHanging = true;
    let release = (): void => undefined;
    test.world.fault = (rpc, phase) => {
      if (!isHanging || rpc !== 'authorizePayment' || phase !== 'after') return undefined;
      return new Promise<void>((resolve) => (release = resolve));
    };
    const { order } = await client.placeOrder(request({ A: 1 }), { timeoutMs: 1_000 });
    expect(order?.state).toBe(OrderState.PENDING);
    isHanging = false;
    await test.service.restart();
    release();
    const staff = test.staff('order.orders.read');
    await eventually(async () => {
      const { orders } = await staff.listOrders({ customerId: id });
      expect(orders).toMatchObject([{ paymentState: PaymentState.CAPTURED }]);
    });
    expect(test.world.paymentsOf(order?.orderId ?? '')).toHaveLength(1);
  });
});
