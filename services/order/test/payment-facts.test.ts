import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  PaymentAuthorizedSchema,
  PaymentFailedSchema,
  PaymentReviewedSchema,
} from '@souk/gen/souk/payment/events/v1/payment_events_pb';
import { OrderState } from '@souk/gen/souk/order/v1/order_pb';
import { SagaState } from '@souk/gen/souk/order/v1/saga_pb';
import { connectKafka, type Envelope, fact, type KafkaBroker } from '@souk/messaging';
import { eventually } from '@souk/testing';
import { type Shopper, startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let test: TestOrder;
let kafka: KafkaBroker;

beforeAll(async () => {
  // Longer than any test: nothing that waits goes on unless it is told to.
  test = await startOrder({ SOUK_ORDER_SAGA_POLL_MS: '600000' });
  kafka = connectKafka(hostBeside(test.service, 'payment'));
});
afterAll(async () => {
  await kafka.close();
  await test.service.stop();
});

const authorized = (orderId: string): Envelope =>
  fact(hostBeside(test.service, 'payment'), PaymentAuthorizedSchema, { orderId }, { subject: randomUUID() });

/** An order that waits for its payment. */
async function waiting({ client, request }: Shopper, paymentMethod: string): Promise<string> {
  const { order } = await client.placeOrder(request({ A: 1 }, { paymentMethod }));
  const orderId = order?.orderId ?? '';
  await eventually(async () => expect(await sagaStateOf(orderId)).toBe(SagaState.WAITING));
  return orderId;
}

async function sagaStateOf(orderId: string): Promise<SagaState | undefined> {
  const { sagas } = await test.staff('order.sagas.read').listSagas({ orderId });
  return sagas[0]?.state;
}

async function ends({ client }: Shopper, orderId: string, state: OrderState): Promise<void> {
  await eventually(async () => expect((await client.getOrder({ orderId })).order?.state).toBe(state));
}

describe('an order that waits for its payment', () => {
  it('goes on when payment tells that the payer has met the challenge', async () => {
    const shopper = test.shopper();
    const orderId = await waiting(shopper, 'pm_card_challenge');
    test.world.settle(orderId, 'authorized');
    // Others', of no order, and twice: none of these does harm.
    await kafka.publish([authorized(randomUUID()), authorized(''), authorized(orderId), authorized(orderId)]);
    await ends(shopper, orderId, OrderState.CONFIRMED);
  });

  it('goes on when payment tells of a reviewer’s decision', async () => {
    const shopper = test.shopper();
    const orderId = await waiting(shopper, 'pm_card_review');
    test.world.settle(orderId, 'authorized');
    const host = hostBeside(test.service, 'payment');
    const reviewed = { orderId, approved: true };
    await kafka.publish([fact(host, PaymentReviewedSchema, reviewed, { subject: randomUUID() })]);
    await ends(shopper, orderId, OrderState.CONFIRMED);
  });

  it('ends when payment tells that it failed', async () => {
    const shopper = test.shopper();
    const orderId = await waiting(shopper, 'pm_card_challenge');
    test.world.settle(orderId, 'failed');
    const host = hostBeside(test.service, 'payment');
    await kafka.publish([fact(host, PaymentFailedSchema, { orderId }, { subject: randomUUID() })]);
    await ends(shopper, orderId, OrderState.REJECTED);
  });

  it('believes payment, not the fact: it keeps waiting while payment says so', async () => {
    const shopper = test.shopper();
    const orderId = await waiting(shopper, 'pm_card_challenge');
    const looks = (): number => test.world.calls.filter((rpc) => rpc === 'extendReservation').length;
    const before = looks();
    await kafka.publish([authorized(orderId)]);
    await eventually(async () => {
      expect(looks()).toBeGreaterThan(before);
      expect(await sagaStateOf(orderId)).toBe(SagaState.WAITING);
    });
    expect((await shopper.client.getOrder({ orderId })).order?.state).toBe(OrderState.PENDING);
  });
});
