import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { connectKafka } from '@souk/messaging';
import { implement, moneyToProto, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import type { PaymentPorts } from './app/ports.ts';
import { keepResolving } from './app/resolve-stale.ts';
import { keepTending } from './app/tend-payments.ts';
import { parseEvent } from './clients/simulator-objects.ts';
import { simulatorProvider } from './clients/simulator-provider.ts';
import { isSignedBy } from './clients/webhook-signature.ts';
import { config } from './config.ts';
import { toEvent } from './events/to-event.ts';
import { paymentHandlers } from './grpc/payment-handlers.ts';
import { webhookHandler } from './grpc/webhook-handler.ts';
import { migrations } from './storage/migrations/index.ts';
import { postgresLedger } from './storage/postgres-ledger.ts';
import { postgresPaymentStore } from './storage/postgres-payment-store.ts';
import { postgresProviderEvents } from './storage/postgres-provider-events.ts';
import { postgresRefundPlans } from './storage/postgres-refund-plans.ts';
import { recentPayments } from './storage/recent-payments.ts';
import type { ToEvent } from './storage/store-settlement.ts';

/** Payment: authorisations, captures, refunds, and the books. */
export const service = defineService({
  name: 'payment',
  config,
  async start(ctx) {
    const sql = await openSql(ctx, { migrations });
    relayOutbox(ctx, sql, connectKafka(ctx));

    const tell: ToEvent = (fact) => toEvent(ctx, fact, moneyToProto);
    const storage = { sql, toEvent: tell, recent: recentPayments(), books: {} };
    const ports: PaymentPorts = {
      provider: simulatorProvider({
        url: ctx.config.providerUrl,
        apiKey: ctx.config.providerApiKey ?? ctx.secret('provider-api-key'),
        timeoutMs: ctx.config.providerTimeoutMs,
      }),
      payments: postgresPaymentStore(storage),
      refundPlans: postgresRefundPlans(sql),
      events: postgresProviderEvents(storage),
      fraud: { screen: () => Promise.resolve('allow') },
      ledger: postgresLedger(sql),
      clock: ctx.clock,
      log: ctx.log,
    };
    ctx.worker('resolve-operations', (signal) => keepResolving(ports, signal));
    ctx.worker('tend-payments', (signal) => keepTending(ports, ctx.config.strayAfterS * 1_000, signal));

    const webhookSecret = ctx.config.webhookSecret ?? ctx.secret('webhooks');
    const handlers = paymentHandlers(ports, {
      pageTokens: new PageTokens(ctx.secret('page-tokens')),
      settlingMs: ctx.config.settlingS * 1_000,
      handleProviderWebhook: webhookHandler(ports, {
        isSigned: (header, body, now) => isSignedBy(webhookSecret, header, body, now),
        parse: parseEvent,
      }),
    });
    return { rpc: [implement(PaymentService, handlers)] };
  },
});
