import { randomUUID } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmailConfirmedSchema } from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { CustomerKind, OrderState, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { newId } from '@souk/kernel';
import { connectKafka, fact, type KafkaBroker } from '@souk/messaging';
import { eventually } from '@souk/testing';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';
import { hostBeside } from './test-host.ts';

let test: TestOrder;
let kafka: KafkaBroker;

beforeAll(async () => {
  test = await startOrder({ SOUK_ORDER_GUEST_ORDER_POLL_MS: '50' });
  kafka = connectKafka(hostBeside(test.service, 'identity'));
});
afterAll(async () => {
  await kafka.close();
  await test.service.stop();
});

/** Tells, `times` times, that an account has confirmed its address. */
async function confirm(
  { id }: Shopper,
  email: string,
  { times = 1, isKnown = true, occurTime = new Date(), superseded = [] as string[] } = {},
): Promise<void> {
  if (isKnown) test.world.emails.set(id, email);
  const message = {
    accountId: id,
    version: 2n,
    occurTime: timestampFromDate(occurTime),
    supersededAccountIds: superseded,
  };
  const envelope = fact(hostBeside(test.service, 'identity'), EmailConfirmedSchema, message, { subject: id });
  for (let time = 0; time < times; time++) await kafka.publish([envelope]);
}

async function buy(shopper: Shopper, email: string, paymentMethod = 'pm_card_visa'): Promise<string> {
  const { order } = await shopper.client.placeOrder(shopper.request({ A: 2 }, { email, paymentMethod }));
  return order?.orderId ?? '';
}

async function idsOf({ client }: Shopper): Promise<string[]> {
  return (await client.listOrders({})).orders.map(({ orderId }) => orderId).sort();
}

const newEmail = (): string => `ada-${newId()}@example.org`;

describe('orders of guests', () => {
  it('are the account’s that confirms their address, once, whatever case it was written in', async () => {
    const email = newEmail();
    const [first, second, ada] = [test.shopper(), test.shopper(), test.shopper('user')];
    const orderIds = [await buy(first, email.toUpperCase()), await buy(second, email)].sort();
    const [orderId = ''] = await idsOf(first);
    const { orderReturn } = await first.client.createReturn({
      requestId: randomUUID(),
      orderId,
      lines: [{ lineId: '1', quantity: 1 }],
      reason: ReturnReason.UNWANTED,
    });
    await confirm(ada, email, { times: 3 });
    await eventually(async () => expect(await idsOf(ada)).toEqual(orderIds));
    const { order } = await ada.client.getOrder({ orderId });
    expect(order).toMatchObject({ customerId: ada.id, customerKind: CustomerKind.ACCOUNT });
    await confirm(ada, email);
    // What comes after it has been handled only when it has.
    const bob = test.shopper('user');
    const his = newEmail();
    const hisOrder = await buy(test.shopper(), his);
    await confirm(bob, his);
    await eventually(async () => expect(await idsOf(bob)).toEqual([hisOrder]));
    const again = (await ada.client.getOrder({ orderId })).order;
    expect(again?.etag).toBe(order?.etag);
    expect(again?.changes.filter(({ reason }) => reason === 'ATTACHED_TO_ACCOUNT')).toMatchObject([
      { fromState: 'CONFIRMED', toState: 'CONFIRMED', actor: 'system' },
    ]);
    // What hangs on the order came along, and the account can go on with it.
    const returnId = orderReturn?.returnId ?? '';
    expect((await ada.client.getReturn({ returnId })).orderReturn?.returnId).toBe(returnId);
    expect((await ada.client.listReturns({})).orderReturns).toHaveLength(1);
  });

  it('are out of the guest token’s reach from then on', async () => {
    const email = newEmail();
    const [guest, ada] = [test.shopper(), test.shopper('user')];
    const orderId = await buy(guest, email);
    await confirm(ada, email);
    await eventually(async () => expect(await idsOf(ada)).toEqual([orderId]));
    expect(await refusalOf(guest.client.getOrder({ orderId }))).toMatchObject({ reason: 'ORDER_NOT_FOUND' });
    expect(await refusalOf(guest.client.cancelOrder({ orderId }))).toMatchObject({
      reason: 'ORDER_NOT_FOUND',
    });
    expect(await idsOf(guest)).toEqual([]);
    expect((await ada.client.cancelOrder({ orderId })).order?.state).toBe(OrderState.CANCELLED);
  });

  it('stay where they are with another address, after the confirmation, or when nothing was sold', async () => {
    const [email, before] = [newEmail(), new Date(Date.now() - 60_000)];
    const [guest, ada, eve] = [test.shopper(), test.shopper('user'), test.shopper('user')];
    const sold = await buy(guest, email);
    const other = await buy(guest, newEmail());
    const theirs = await buy(eve, email);
    await buy(guest, email, 'pm_card_declined').catch(() => undefined);
    const all = await idsOf(guest);
    expect(all).toHaveLength(3);
    // Confirmed a minute ago: nothing was bought before.
    await confirm(ada, email, { occurTime: before });
    await confirm(ada, email, { superseded: [eve.id] });
    await eventually(async () => expect(await idsOf(ada)).toEqual([sold]));
    expect(await idsOf(guest)).toEqual(all.filter((id) => id !== sold));
    expect(await idsOf(guest)).toContain(other);
    expect(await idsOf(eve)).toEqual([theirs]);
  });

  it('whose payment waits follow when it is settled', async () => {
    const email = newEmail();
    const [guest, ada] = [test.shopper(), test.shopper('user')];
    const waiting = await buy(guest, email, 'pm_card_review');
    const sold = await buy(guest, email);
    await confirm(ada, email);
    await eventually(async () => expect(await idsOf(ada)).toEqual([sold]));
    expect(await idsOf(guest)).toEqual([waiting]);
    for (const payment of test.world.paymentsOf(waiting)) payment.state = 'authorized';
    await eventually(async () => expect(await idsOf(ada)).toEqual([waiting, sold].sort()), {
      withinMs: 40_000,
    });
  });

  it('of an account that is gone meanwhile stay, and stop nobody else', async () => {
    const [email, next] = [newEmail(), newEmail()];
    const [guest, gone, ada] = [test.shopper(), test.shopper('user'), test.shopper('user')];
    const orderId = await buy(guest, email);
    await confirm(gone, email, { isKnown: false });
    const hers = await buy(test.shopper(), next);
    await confirm(ada, next);
    await eventually(async () => expect(await idsOf(ada)).toEqual([hers]));
    expect((await guest.client.getOrder({ orderId })).order?.orderId).toBe(orderId);
  });
});
