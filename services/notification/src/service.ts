import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { NotificationService } from '@souk/gen/souk/notification/v1/notification_service_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { connectKafka, connectRabbit } from '@souk/messaging';
import { openMongo, relayPendingEvents } from '@souk/mongo';
import { implement, moneyFromProto, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import type { NotificationPorts } from './app/ports.ts';
import { addressBook, mailSecrets } from './clients/address-book.ts';
import { config } from './config.ts';
import { contentOf } from './events/content-of.ts';
import { onFacts } from './events/on-facts.ts';
import { onSendDelivery } from './events/on-tasks.ts';
import { toTask } from './events/to-task.ts';
import { notificationHandlers } from './grpc/notification-handlers.ts';
import { letterWriter } from './providers/letter-writer.ts';
import { smtpMail } from './providers/smtp-mail.ts';
import { loadTemplates } from './providers/templates.ts';
import type { DeliveryDocument } from './storage/delivery-document.ts';
import { mongoDeliveries, prepareDeliveries } from './storage/mongo-deliveries.ts';

/** Notification: tells people what happened to their orders and accounts, once each. */
export const service = defineService({
  name: 'notification',
  config,
  async start(ctx) {
    const { smtpUrl, smtpConnections, fromAddress, shopName, shopUrl } = ctx.config;
    const identity = ctx.client(IdentityService);
    const { db } = openMongo(ctx);
    const kafka = connectKafka(ctx);
    const rabbit = connectRabbit(ctx);
    const deliveries = db.collection<DeliveryDocument>('deliveries');
    await prepareDeliveries(deliveries);
    const relay = await relayPendingEvents(ctx, deliveries, rabbit);
    const from = { name: shopName, address: fromAddress };
    const mail = smtpMail({ url: smtpUrl, connections: smtpConnections, from });
    ctx.onStop('workers', async () => {
      mail.close();
    });

    const ports: NotificationPorts = {
      deliveries: mongoDeliveries(deliveries, {
        toTask: (delivery, delayMs) => toTask(ctx, delivery, delayMs),
        onSaved: () => relay.kick(),
      }),
      contacts: addressBook(ctx.client(OrderService), identity, ctx.client(InventoryService)),
      secrets: mailSecrets(identity),
      writer: letterWriter(loadTemplates(), shopName, shopUrl),
      mail,
      contentOf: (event) => contentOf(event, moneyFromProto),
      clock: ctx.clock,
      log: ctx.log,
    };
    kafka.consume({ group: 'deliveries', batch: onFacts(ports) });
    rabbit.consume({ handlers: [onSendDelivery(ports)], concurrency: smtpConnections });

    return {
      rpc: [
        implement(
          NotificationService,
          notificationHandlers(ports, new PageTokens(ctx.secret('page-tokens'))),
        ),
      ],
    };
  },
});
