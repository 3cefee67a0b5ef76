import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import { OrderState, PaymentState } from '@souk/gen/souk/order/v1/order_pb';
import { SagaState } from '@souk/gen/souk/order/v1/saga_pb';
import { openSql, type Sql } from '@souk/sql';
import { eventually } from '@souk/testing';
import { LEGAL_TRANSITIONS } from '../src/domain/legal-transitions.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import { refusalOf, startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let test: TestOrder;
let database: Sql;

beforeAll(async () => {
  test = await startOrder({ SOUK_ORDER_PAYMENT_REVIEW_MS: '1000', SOUK_ORDER_SAGA_STUCK_MS: '1000' });
  database = await openSql(hostBeside(test.service, 'order'), { migrations, poolMax: 2 });
});
afterEach(() => {
  test.world.fault = () => undefined;
  test.world.refundsAreRefused = false;
});
afterAll(async () => {
  await test.service.stop();
  await database.close();
});

const sagasOf = async (orderId: string) => {
  const { sagas } = await test.staff('order.sagas.read').listSagas({ orderId });
  return sagas;
};

/** Makes an order's saga due at once. */
const resume = async (orderId: string): Promise<void> => {
  const [saga] = await sagasOf(orderId);
  await test.staff('order.sagas.write').resumeSaga({ sagaId: saga?.sagaId ?? '' });
};

describe('a payment that waits for its payer', () => {
  it('keeps the order pending with what to do, and ends it when that is done', async () => {
    const { client, request } = test.shopper();
    const sent = request({ A: 1 }, { paymentMethod: 'pm_card_challenge' });
    const { order } = await client.placeOrder(sent);
    const orderId = order?.orderId ?? '';
    expect(order).toMatchObject({
      state: OrderState.PENDING,
      paymentState: PaymentState.ACTION_REQUIRED,
      paymentAction: { redirectUrl: 'https://bank.example/challenge', clientSecret: 'pi_1_secret' },
    });
    expect(order?.expireTime).toBeDefined();
    const seen = await test.staff('order.orders.read').getOrder({ orderId });
    expect(seen.order?.paymentAction).toBeUndefined();
    await eventually(async () =>
      expect(await sagasOf(orderId)).toMatchObject([{ state: SagaState.WAITING }]),
    );
    expect((await refusalOf(client.cancelOrder({ orderId })))?.reason).toBe('ORDER_IN_PROGRESS');
    test.world.settle(orderId, 'authorized');
    await resume(orderId);
    await eventually(async () => {
      const read = await client.getOrder({ orderId });
      expect(read.order).toMatchObject({ state: OrderState.CONFIRMED, paymentState: PaymentState.CAPTURED });
      expect(read.order?.paymentAction).toBeUndefined();
    });
    expect((await client.placeOrder(sent)).order?.state).toBe(OrderState.CONFIRMED);
  });

  it('is given up with the order when the challenge fails', async () => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    const sent = request({ A: 1 }, { paymentMethod: 'pm_card_challenge' });
    const { order } = await client.placeOrder(sent);
    const orderId = order?.orderId ?? '';
    test.world.settle(orderId, 'failed');
    await resume(orderId);
    await eventually(async () => {
      const read = await client.getOrder({ orderId });
      expect(read.order).toMatchObject({
        state: OrderState.REJECTED,
        rejection: { reason: 'PAYMENT_DECLINED' },
      });
    });
    expect(test.world.stock.get('A')).toBe(before);
  });
});

describe('a payment in review that nobody decides', () => {
  it('expires the order, voids the payment and frees the stock', async () => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    const sent = request({ A: 2 }, { paymentMethod: 'pm_card_review' });
    const { order } = await client.placeOrder(sent);
    const orderId = order?.orderId ?? '';
    expect(order?.paymentState).toBe(PaymentState.IN_REVIEW);
    await eventually(async () => {
      const read = await client.getOrder({ orderId });
      expect(read.order).toMatchObject({ state: OrderState.EXPIRED, paymentState: PaymentState.VOIDED });
    });
    expect(test.world.stock.get('A')).toBe(before);
    expect(test.world.calls).toContain('extendReservation');
    expect(await refusalOf(client.placeOrder(sent))).toMatchObject({ reason: 'PAYMENT_EXPIRED' });
  });
});

describe('an operator', () => {
  it('sees what is stuck and why, and turns it back', async () => {
    const { client, request } = test.shopper();
    const before = test.world.stock.get('A');
    test.world.fault = (rpc) => {
      if (rpc === 'authorizePayment') throw new ConnectError('no answer', Code.Unavailable);
    };
    const { order } = await client.placeOrder(request({ A: 3 }), { timeoutMs: 1_500 });
    const orderId = order?.orderId ?? '';
    const read = test.staff('order.sagas.read');
    const write = test.staff('order.sagas.write');
    let sagaId = '';
    await eventually(async () => {
      const { sagas } = await read.listSagas({ orderId, states: [SagaState.RUNNING], minAgeSeconds: 1 });
      sagaId = sagas[0]?.sagaId ?? '';
      expect(sagaId).not.toBe('');
    });
    const { saga } = await read.getSaga({ sagaId });
    expect(saga?.stepRecords).toMatchObject([
      { name: 'reserve', undo: false, attempts: 1, lastError: '' },
      { name: 'authorize', undo: false },
    ]);
    expect(saga?.stepRecords[1]?.lastError).toContain('no answer');
    expect(saga?.stepRecords[1]?.endTime).toBeUndefined();
    const turned = await write.compensateSaga({ sagaId, message: 'Sorry.' });
    expect(turned.saga).toMatchObject({ state: SagaState.COMPENSATING, refusalReason: 'CHECKOUT_REFUSED' });
    expect((await refusalOf(write.compensateSaga({ sagaId })))?.reason).toBe('SAGA_NOT_COMPENSABLE');
    await eventually(async () => {
      const seen = await client.getOrder({ orderId });
      expect(seen.order).toMatchObject({ state: OrderState.REJECTED, rejection: { message: 'Sorry.' } });
    });
    expect(test.world.stock.get('A')).toBe(before);
    expect((await refusalOf(write.compensateSaga({ sagaId })))?.reason).toBe('SAGA_ENDED');
    expect((await refusalOf(read.getSaga({ sagaId: randomUUID() })))?.reason).toBe('SAGA_NOT_FOUND');
    expect((await refusalOf(write.compensateSaga({ sagaId: randomUUID() })))?.reason).toBe('SAGA_NOT_FOUND');
    expect((await refusalOf(client.getSaga({ sagaId })))?.reason).toBe('PERMISSION_MISSING');
  });

  it('is shown a refund that is refused for ever, instead of endless repetition, and resumes it', async () => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const orderId = order?.orderId ?? '';
    test.world.refundsAreRefused = true;
    await client.cancelOrder({ orderId }, { timeoutMs: 1_500 });
    await eventually(async () =>
      expect(await sagasOf(orderId)).toMatchObject([{ kind: 'cancellation', state: SagaState.BLOCKED }]),
    );
    const attempts = test.world.calls.filter((rpc) => rpc === 'refundOrder').length;
    const [saga] = await sagasOf(orderId);
    expect(saga?.lastError).not.toBe('');
    const sagaId = saga?.sagaId ?? '';
    const compensate = test.staff('order.sagas.write').compensateSaga({ sagaId });
    expect((await refusalOf(compensate))?.reason).toBe('SAGA_NOT_COMPENSABLE');
    expect(test.world.calls.filter((rpc) => rpc === 'refundOrder')).toHaveLength(attempts);
    test.world.refundsAreRefused = false;
    await resume(orderId);
    await eventually(async () => {
      const read = await client.getOrder({ orderId });
      expect(read.order?.paymentState).toBe(PaymentState.REFUNDED);
    });
  });
});

describe('the database', () => {
  it('knows the state machines of the domain', async () => {
    const rows = await database
      .knex('legal_transitions')
      .select<{ machine: string; from: string; to: string }[]>(
        'machine',
        'from_state as from',
        'to_state as to',
      );
    const sorted = (all: readonly object[]): string[] => all.map((row) => JSON.stringify(row)).sort();
    const legal = LEGAL_TRANSITIONS.map(({ machine, from, to }) => ({ machine, from, to }));
    expect(sorted(rows)).toEqual(sorted(legal));
  });

  it.each([
    ['state', 'pending'],
    ['payment_state', 'authorized'],
    ['fulfilment_state', 'nonsense'],
  ])('refuses a step of %s to %s that they do not allow', async (column, to) => {
    const { client, request } = test.shopper();
    const { order } = await client.placeOrder(request({ A: 1 }));
    const step = database
      .knex('orders')
      .where('order_id', order?.orderId ?? '')
      .update({ [column]: to });
    await expect(step).rejects.toMatchObject({ code: 'SK001' });
  });
});
