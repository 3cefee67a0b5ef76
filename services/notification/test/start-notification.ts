import type { Client } from '@connectrpc/connect';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { NotificationService } from '@souk/gen/souk/notification/v1/notification_service_pb';
import type { Delivery } from '@souk/gen/souk/notification/v1/delivery_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { newId, notFound, type ServiceHost, systemClock } from '@souk/kernel';
import { connectKafka, type Envelope, type KafkaBroker } from '@souk/messaging';
import { implement } from '@souk/rpc';
import { startTestService, type TestPrincipal, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';

/** Whom an order or an account belongs to. */
interface Person {
  readonly email: string;
  readonly name: string;
  readonly locale: string;
}

/** Notification under test, with an order and an identity service that know whom the test tells them. */
export interface NotificationRig {
  readonly running: TestService;
  /** Who ordered, by order. */
  readonly buyers: Map<string, Person>;
  /** Who waits for a SKU, by subscription. */
  readonly subscribers: Map<string, Person>;
  /** Secrets of mails that are still wanted. */
  readonly secrets: Map<string, string>;
  /** Who registered, by account. */
  readonly holders: Map<string, Person>;
  /** As order or identity would publish it. */
  readonly hostOf: (name: string) => ServiceHost;
  publish(...envelopes: Envelope[]): Promise<void>;
  /** The deliveries about an order or an account, as support sees them. */
  deliveriesAbout(subjectId: string): Promise<Delivery[]>;
  stop(): Promise<void>;
}

/** Starts the service against a mail server. */
export async function startNotification(smtpUrl: string): Promise<NotificationRig> {
  const buyers = new Map<string, Person>();
  const holders = new Map<string, Person>();
  const secrets = new Map<string, string>();
  const order = implement(OrderService, {
    getOrderContact({ orderId }) {
      const buyer = buyers.get(orderId);
      if (buyer === undefined) throw notFound('ORDER_NOT_FOUND', 'there is no such order');
      return buyer;
    },
  });
  const identity = implement(IdentityService, {
    batchGetContacts({ accountIds }) {
      const contacts = accountIds.flatMap((accountId) => {
        const holder = holders.get(accountId);
        if (holder === undefined) return [];
        return [{ accountId, email: holder.email, displayName: holder.name, locale: holder.locale }];
      });
      return { contacts };
    },
    getAccountMail({ mailId }) {
      const token = secrets.get(mailId);
      if (token === undefined) throw notFound('MAIL_NOT_FOUND', 'there is no such mail');
      return { token };
    },
  });
  const subscribers = new Map<string, Person>();
  const inventory = implement(InventoryService, {
    getSubscriptionContact({ subscriptionId }) {
      const subscriber = subscribers.get(subscriptionId);
      if (subscriber === undefined) throw notFound('SUBSCRIPTION_NOT_FOUND', 'there is no such subscription');
      return { email: subscriber.email, locale: subscriber.locale };
    },
  });
  const env = { SOUK_NOTIFICATION_SMTP_URL: smtpUrl };
  const running = await startTestService(service, { env, fakes: [order, identity, inventory] });
  const nothing = (): undefined => undefined;
  const hostOf = (name: string): ServiceHost => ({
    name,
    namespace: running.namespace,
    clock: systemClock,
    engines: running.engines,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    onStop: nothing,
    healthCheck: nothing,
  });
  const kafka: KafkaBroker = connectKafka(hostOf('order'));
  const principal: TestPrincipal = {
    kind: 'user',
    id: newId(),
    permissions: ['notification.deliveries.read'],
  };
  // After a restart the service is somewhere else.
  let support = { at: '', client: running.client(NotificationService, { principal }) };
  const asSupport = (): Client<typeof NotificationService> => {
    if (support.at !== running.address)
      support = { at: running.address, client: running.client(NotificationService, { principal }) };
    return support.client;
  };
  return {
    running,
    buyers,
    subscribers,
    holders,
    secrets,
    hostOf,
    publish: (...envelopes) => kafka.publish(envelopes),
    deliveriesAbout: async (subjectId) => (await asSupport().listDeliveries({ subjectId })).deliveries,
    async stop() {
      await kafka.close();
      await running.stop();
    },
  };
}
