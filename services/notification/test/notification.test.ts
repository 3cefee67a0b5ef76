import { createServer } from 'node:net';
import { once } from 'node:events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EmailConfirmedSchema,
  PasswordResetRequestedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { BackInStockReachedSchema } from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import { SendDeliverySchema } from '@souk/gen/souk/notification/tasks/v1/notification_tasks_pb';
import { DeliveryState } from '@souk/gen/souk/notification/v1/delivery_pb';
import { NotificationService } from '@souk/gen/souk/notification/v1/notification_service_pb';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderDeliveredSchema,
  OrderEditedSchema,
  OrderExpiredSchema,
  OrderLinesCancelledSchema,
  OrderPlacedSchema,
  OrderShippedSchema,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { Money, newId } from '@souk/kernel';
import { type MailSinkProcess, startMailSinkProcess } from '@souk/mail-sink/process';
import { connectRabbit, type Envelope, fact, task } from '@souk/messaging';
import { errorInfoOf, moneyToProto } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { MongoClient } from 'mongodb';
import { type DeliveryDocument, deliveryIdOf } from '../src/storage/delivery-document.ts';
import { type NotificationRig, startNotification } from './start-notification.ts';

let sink: MailSinkProcess;
let rig: NotificationRig;

beforeAll(async () => {
  sink = await startMailSinkProcess();
  rig = await startNotification(sink.smtpUrl);
});
afterAll(async () => {
  await rig.stop();
  await sink.stop();
});

const pounds = (minor: number): ReturnType<typeof moneyToProto> => moneyToProto(Money.of('GBP', minor));
const addressOf = (id: string): string => `buyer-${id}@x.example`;

function newOrder(on = rig, email?: string): string {
  const orderId = newId();
  on.buyers.set(orderId, { email: email ?? addressOf(orderId), name: 'Ada', locale: 'en-GB' });
  return orderId;
}

function confirmed(orderId: string, on = rig): Envelope {
  const total = pounds(2_400);
  const line = { lineId: '1', sku: 'MUG-1', title: 'Red mug', quantity: 2, total };
  const totals = { listAmount: pounds(2_500), discount: pounds(500), tax: pounds(400), total };
  const orderTime = timestampFromDate(new Date('2026-03-01T12:00:00Z'));
  const message = { orderId, orderTime, lines: [line], totals };
  return fact(on.hostOf('order'), OrderConfirmedSchema, message, { subject: orderId });
}

async function settled(orderId: string, state: DeliveryState, on = rig): Promise<void> {
  await eventually(
    async () => {
      const deliveries = await on.deliveriesAbout(orderId);
      expect(deliveries.map((delivery) => delivery.state)).toEqual([state]);
    },
    { withinMs: 40_000 },
  );
}

describe('a fact', () => {
  it('that a SKU is back is one mail to who waited for it', async () => {
    const subscriptionId = newId();
    const email = addressOf(subscriptionId);
    rig.subscribers.set(subscriptionId, { email, name: '', locale: 'de' });
    const message = { subscriptionId, version: 1n, sku: 'MUG-1' };
    const event = fact(rig.hostOf('inventory'), BackInStockReachedSchema, message, {
      subject: subscriptionId,
    });
    await rig.publish(event, event);
    await settled(subscriptionId, DeliveryState.SENT);
    const mails = await sink.mails(email);
    expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining('MUG-1 ist wieder da')]);
  });

  it('is one mail, though it arrives three times and the service restarts', async () => {
    const orderId = newOrder();
    const event = confirmed(orderId);
    await rig.publish(event, event);
    await settled(orderId, DeliveryState.SENT);
    await rig.running.restart();
    await rig.publish(event);
    // What comes after it in the same partition has been handled only when it has.
    const cancelled = { orderId, lines: [], refund: pounds(2_400) };
    await rig.publish(
      fact(rig.hostOf('order'), OrderCancelledSchema, cancelled, { subject: orderId }),
      event,
    );
    const mails = await eventually(async () => {
      const found = await sink.mails(addressOf(orderId));
      expect(found.length).toBeGreaterThanOrEqual(2);
      return found;
    });
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Your order at Souk is confirmed',
      'Your order at Souk was cancelled',
    ]);
    const [first] = mails;
    expect(first?.text).toContain('2 × Red mug (MUG-1): £24.00');
    expect(first?.html).toContain('1 March 2026');
    const [delivery] = (await rig.deliveriesAbout(orderId)).slice(-1);
    expect(first?.messageId).toBe(`<${delivery?.deliveryId ?? ''}@souk.example>`);
    expect(delivery).toMatchObject({ template: 'order-confirmed', recipient: addressOf(orderId) });
  });

  it('of an order on its way, each kind, is one mail; one that nobody is told of is none', async () => {
    const orderId = newOrder();
    const line = { lineId: '1', sku: 'MUG-1', title: 'Red mug', quantity: 2 };
    const priced = { ...line, total: pounds(2_400) };
    const host = rig.hostOf('order');
    const subject = { subject: orderId };
    const tracking = {
      carrier: 'Parcels',
      trackingNumber: 'PC-77',
      trackingUrl: 'https://parcels.example/77',
    };
    const facts = [
      fact(host, OrderPlacedSchema, { orderId }, subject),
      fact(host, OrderShippedSchema, { orderId, lines: [line], ...tracking }, subject),
      fact(host, OrderDeliveredSchema, { orderId, lines: [line] }, subject),
      fact(host, OrderLinesCancelledSchema, { orderId, lines: [priced], refund: pounds(2_400) }, subject),
      fact(host, OrderEditedSchema, { orderId, added: [priced], difference: pounds(2_400) }, subject),
      fact(host, OrderExpiredSchema, { orderId }, subject),
    ];
    await rig.publish(...facts, ...facts);
    await eventually(async () => {
      const deliveries = await rig.deliveriesAbout(orderId);
      expect(deliveries.map(({ template }) => template).sort()).toEqual([
        'order-delivered',
        'order-edited',
        'order-expired',
        'order-lines-cancelled',
        'order-shipped',
      ]);
      expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set([DeliveryState.SENT]));
    });
    const mails = await sink.mails(addressOf(orderId));
    const text = (subjectPart: string): string | undefined =>
      mails.find((mail) => mail.subject.includes(subjectPart))?.text;
    expect(mails).toHaveLength(5);
    expect(text('on its way')).toMatch(/Carrier: Parcels\s+Tracking number: PC-77/);
    expect(text('was delivered')).toContain('2 × Red mug (MUG-1)');
    expect(text('was cancelled')).toContain('Refund: £24.00');
    expect(text('was changed')).toContain('Additional amount: £24.00');
    expect(text('not paid in time')).toContain(orderId);
  });

  it('of a refund and of a new account has a mail of its own, in the reader’s language', async () => {
    const orderId = newOrder();
    const accountId = newId();
    rig.holders.set(accountId, { email: addressOf(accountId), name: '<b>Eva</b>', locale: 'de-AT' });
    const returned = { orderId, returnId: newId(), lines: [], refund: pounds(1_250) };
    await rig.publish(
      fact(rig.hostOf('order'), ReturnCompletedSchema, returned, { subject: orderId }),
      fact(rig.hostOf('identity'), EmailConfirmedSchema, { accountId }, { subject: accountId }),
    );
    await settled(orderId, DeliveryState.SENT);
    await settled(accountId, DeliveryState.SENT);
    expect((await sink.mails(addressOf(orderId)))[0]?.text).toContain('Refund: £12.50');
    const [welcome] = await sink.mails(addressOf(accountId));
    expect(welcome?.subject).toBe('Willkommen bei Souk');
    expect(welcome?.html).toContain('&lt;b&gt;Eva');
  });
});

describe('a mail with a secret', () => {
  it('carries a link that no delivery, task or fact holds', async () => {
    const [accountId, mailId] = [newId(), newId()];
    rig.holders.set(accountId, { email: addressOf(accountId), name: 'Eva', locale: 'en' });
    rig.secrets.set(mailId, 'a-secret-of-once');
    const asked = fact(
      rig.hostOf('identity'),
      PasswordResetRequestedSchema,
      { accountId, mailId },
      { subject: accountId },
    );
    expect(Buffer.from(asked.payload).toString()).not.toContain('a-secret-of-once');
    await rig.publish(asked);
    await settled(accountId, DeliveryState.SENT);
    const [mail] = await sink.mails(addressOf(accountId));
    expect(mail?.text).toContain('https://souk.example/reset-password#token=a-secret-of-once');
  });

  it('is not sent when the secret is of no use any more', async () => {
    const accountId = newId();
    rig.holders.set(accountId, { email: addressOf(accountId), name: 'Eva', locale: 'en' });
    const gone = { accountId, mailId: newId() };
    await rig.publish(
      fact(rig.hostOf('identity'), PasswordResetRequestedSchema, gone, { subject: accountId }),
    );
    await settled(accountId, DeliveryState.FAILED);
    expect(await sink.mails(addressOf(accountId))).toEqual([]);
  });
});

describe('a mail that is not accepted', () => {
  it('fails with the reason when its recipient is refused, and others get theirs once', async () => {
    const orders = [newOrder(), newOrder(rig, 'rejected@x.example'), newOrder()];
    await rig.publish(...orders.map((orderId) => confirmed(orderId)));
    const [before = '', bad = '', after = ''] = orders;
    await settled(bad, DeliveryState.FAILED);
    await settled(before, DeliveryState.SENT);
    await settled(after, DeliveryState.SENT);
    const [delivery] = await rig.deliveriesAbout(bad);
    expect(delivery?.attempts.map(({ error }) => error)).toEqual([expect.stringMatching(/550 5\.1\.1/)]);
    expect(delivery?.attempts[0]?.error).not.toContain('rejected@');
    for (const orderId of [before, after]) expect(await sink.mails(addressOf(orderId))).toHaveLength(1);
    expect(await sink.mails('rejected@x.example')).toEqual([]);
  });

  it('fails when nobody is known to send it to', async () => {
    const orderId = newOrder();
    rig.buyers.delete(orderId);
    await rig.publish(confirmed(orderId));
    await settled(orderId, DeliveryState.FAILED);
  });

  it('is tried again when the server wants it later', async () => {
    const orderId = newOrder();
    await sink.refuse(1);
    await rig.publish(confirmed(orderId));
    await settled(orderId, DeliveryState.SENT);
    const [delivery] = await rig.deliveriesAbout(orderId);
    expect(delivery?.attempts.map(({ error }) => error)).toEqual([expect.stringContaining('451'), '']);
    expect(await sink.mails(addressOf(orderId))).toHaveLength(1);
  });

  it('waits for a mail server that is down', async () => {
    const port = await freePort();
    const down = await startNotification(`smtp://127.0.0.1:${port}`);
    try {
      const orders = [newOrder(down), newOrder(down), newOrder(down)];
      await down.publish(...orders.map((orderId) => confirmed(orderId, down)));
      await eventually(async () => {
        for (const orderId of orders)
          expect((await down.deliveriesAbout(orderId))[0]?.attempts.length).toBeGreaterThan(0);
      });
      const late = await startMailSinkProcess({ SOUK_MAIL_SINK_SMTP_PORT: String(port) });
      try {
        for (const orderId of orders) await settled(orderId, DeliveryState.SENT, down);
        for (const orderId of orders) expect(await late.mails(addressOf(orderId))).toHaveLength(1);
      } finally {
        await late.stop();
      }
    } finally {
      await down.stop();
    }
  });
});

describe('an attempt that died', () => {
  it('is made again when its lease has run out', async () => {
    const mongo = new MongoClient(rig.running.engines.mongodb);
    const rabbit = connectRabbit(rig.hostOf('notification'));
    try {
      const orderId = newOrder();
      const event = confirmed(orderId);
      await rig.publish(event);
      await settled(orderId, DeliveryState.SENT);
      const key = { eventId: event.id, recipient: { kind: 'order', id: orderId }, channel: 'email' } as const;
      const deliveryId = deliveryIdOf(key);
      // As if the process had died after the mail was accepted and before that was recorded.
      const deliveries = mongo
        .db(`${rig.running.namespace}_notification`)
        .collection<DeliveryDocument>('deliveries');
      const leasedUntil = new Date(Date.now() + 2_000);
      await deliveries.updateOne(
        { _id: deliveryId },
        { $set: { state: 'sending', leasedUntil, attempts: [] } },
      );
      await rabbit.publish([task(rig.hostOf('notification'), SendDeliverySchema, { deliveryId })]);
      await settled(orderId, DeliveryState.SENT);
      const ids = (await sink.mails(addressOf(orderId))).map(({ messageId }) => messageId);
      expect(ids).toEqual([`<${deliveryId}@souk.example>`, `<${deliveryId}@souk.example>`]);
    } finally {
      await rabbit.close();
      await mongo.close();
    }
  });
});

describe('the delivery log', () => {
  const reader = { kind: 'user', id: newId(), permissions: ['notification.deliveries.read'] } as const;

  it('is paged, newest first, and filtered', async () => {
    const client = rig.running.client(NotificationService, { principal: reader });
    const orders = [newOrder(), newOrder(), newOrder()];
    await rig.publish(...orders.map((orderId) => confirmed(orderId)));
    for (const orderId of orders) await settled(orderId, DeliveryState.SENT);
    const found: string[] = [];
    let pageToken = '';
    do {
      const state = DeliveryState.SENT;
      const page = await client.listDeliveries({ pageSize: 2, pageToken, state });
      for (const delivery of page.deliveries) {
        expect(delivery.state).toBe(state);
        found.push(delivery.subjectId);
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(new Set(found.slice(0, 3))).toEqual(new Set(orders));
    expect(new Set(found).size).toBeGreaterThan(3);
    const [delivery] = await rig.deliveriesAbout(orders[0] ?? '');
    expect((await client.getDelivery({ deliveryId: delivery?.deliveryId ?? '' })).delivery).toEqual(delivery);
  });

  it('is for those who may read it', async () => {
    const client = rig.running.client(NotificationService, { principal: reader });
    const missing = await client.getDelivery({ deliveryId: newId() }).catch((error: unknown) => error);
    expect(errorInfoOf(missing)?.reason).toBe('DELIVERY_NOT_FOUND');
    const shopper = rig.running.client(NotificationService, { principal: { kind: 'user', id: newId() } });
    const refused = await shopper.listDeliveries({}).catch((error: unknown) => error);
    expect(ConnectError.from(refused).code).toBe(Code.PermissionDenied);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
