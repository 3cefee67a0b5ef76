import { openCache } from '@souk/cache';
import { ChargebackService } from '@souk/gen/souk/payment/v1/chargeback_service_pb';
import { FraudService } from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { GiftCardService } from '@souk/gen/souk/payment/v1/gift_card_service_pb';
import { PaymentMethodService } from '@souk/gen/souk/payment/v1/payment_method_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { StoreCreditService } from '@souk/gen/souk/payment/v1/store_credit_service_pb';
import { connectKafka } from '@souk/messaging';
import { implement, moneyToProto, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import type { ChargebackPorts } from './app/chargebacks/ports.ts';
import { keepRulesFresh } from './app/fraud/rules-in-force.ts';
import { fraudScreen } from './app/fraud/screen.ts';
import { cardWallet } from './app/methods/card-wallet.ts';
import { keepTidyingMethods } from './app/methods/keep-tidying.ts';
import type { MethodPorts } from './app/methods/ports.ts';
import type { PaymentPorts } from './app/ports.ts';
import { keepResolving } from './app/resolve-stale.ts';
import type { StoredValuePorts } from './app/stored-value/ports.ts';
import { keepTending } from './app/tend-payments.ts';
import { simulatorGateway, stripeGateway } from './clients/gateway.ts';
import { config } from './config.ts';
import { chargebackEvent } from './events/chargeback-event.ts';
import { toEvent } from './events/to-event.ts';
import { chargebackHandlers } from './grpc/chargeback-handlers.ts';
import { fraudHandlers } from './grpc/fraud-handlers.ts';
import { giftCardHandlers } from './grpc/gift-card-handlers.ts';
import { paymentHandlers } from './grpc/payment-handlers.ts';
import { paymentMethodHandlers } from './grpc/payment-method-handlers.ts';
import { storeCreditHandlers } from './grpc/store-credit-handlers.ts';
import { webhookHandler } from './grpc/webhook-handler.ts';
import { giftCardSecrets } from './storage/gift-card-secrets.ts';
import { migrations } from './storage/migrations/index.ts';
import { openFraud } from './storage/open-fraud.ts';
import { postgresChargebacks } from './storage/postgres-chargebacks.ts';
import { postgresGiftCards } from './storage/postgres-gift-cards.ts';
import { postgresLedger } from './storage/postgres-ledger.ts';
import { postgresPaymentMethods } from './storage/postgres-payment-methods.ts';
import { postgresPaymentStore } from './storage/postgres-payment-store.ts';
import { postgresProviderEvents } from './storage/postgres-provider-events.ts';
import { postgresRefundPlans } from './storage/postgres-refund-plans.ts';
import { postgresStoreCredit } from './storage/postgres-store-credit.ts';
import { recentPayments } from './storage/recent-payments.ts';
import { redisGuessLimit } from './storage/redis-guess-limit.ts';
import type { ToEvent } from './storage/store-settlement.ts';
import { tenderBooks } from './storage/tender-books.ts';

/** Payment: authorisations, captures, refunds, and the books. */
export const service = defineService({
  name: 'payment',
  config,
  async start(ctx) {
    const sql = await openSql(ctx, { migrations });
    relayOutbox(ctx, sql, connectKafka(ctx));

    const tell: ToEvent = (fact) => toEvent(ctx, fact, moneyToProto);
    const { clock, log } = ctx;
    const cache = openCache(ctx);
    const access = {
      url: ctx.config.providerUrl,
      apiKey: ctx.config.providerApiKey ?? ctx.secret('provider-api-key'),
      timeoutMs: ctx.config.providerTimeoutMs,
    };
    const webhookSecret = ctx.config.webhookSecret ?? ctx.secret('webhooks');
    const gateway =
      ctx.config.provider === 'stripe'
        ? stripeGateway(access, webhookSecret, ctx.config.returnUrl)
        : simulatorGateway(access, webhookSecret, ctx.config.providerPublicUrl ?? ctx.config.providerUrl);
    const fraud = await openFraud({ sql, cache, clock, log, secret: ctx.secret('fraud-pseudonyms') });
    const methods: MethodPorts = {
      methods: postgresPaymentMethods(sql),
      vault: gateway.vault,
      clock,
      log,
    };
    const secrets = giftCardSecrets(ctx.secret('gift-card-codes'), ctx.secret('gift-card-hashes'));
    const storedValue: StoredValuePorts = {
      giftCards: postgresGiftCards(sql, secrets.hashCode),
      storeCredit: postgresStoreCredit(sql),
      guesses: redisGuessLimit(cache, clock, log),
      codeOf: secrets.codeOf,
      clock,
      log,
    };
    const chargebacks: ChargebackPorts = {
      chargebacks: postgresChargebacks(sql, (step, it) => chargebackEvent(ctx, step, it, moneyToProto)),
      desk: gateway.desk,
      clock,
      log,
    };
    const books = tenderBooks(secrets.hashCode, clock);
    const storage = { sql, toEvent: tell, recent: recentPayments(), books };
    const ports: PaymentPorts = {
      provider: gateway.provider,
      payments: postgresPaymentStore(storage),
      refundPlans: postgresRefundPlans(sql),
      events: postgresProviderEvents(storage),
      fraud: fraudScreen(fraud),
      cards: cardWallet(methods),
      ledger: postgresLedger(sql),
      clock,
      log,
    };
    ctx.worker('resolve-operations', (signal) => keepResolving(ports, signal));
    ctx.worker('tend-payments', (signal) => keepTending(ports, ctx.config.strayAfterS * 1_000, signal));

    ctx.worker('fraud-rules', (signal) => keepRulesFresh(fraud.rules, log, signal));
    ctx.worker('tidy-payment-methods', (signal) => keepTidyingMethods(methods, signal));

    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    const handlers = paymentHandlers(ports, {
      pageTokens,
      settlingMs: ctx.config.settlingS * 1_000,
      handleProviderWebhook: webhookHandler(ports, chargebacks, gateway.webhook),
    });
    return {
      rpc: [
        implement(PaymentService, handlers),
        implement(FraudService, fraudHandlers({ ...fraud, payment: ports }, pageTokens)),
        implement(PaymentMethodService, paymentMethodHandlers(methods)),
        implement(GiftCardService, giftCardHandlers(storedValue, pageTokens)),
        implement(StoreCreditService, storeCreditHandlers(storedValue, pageTokens)),
        implement(ChargebackService, chargebackHandlers(chargebacks, pageTokens)),
      ],
    };
  },
});
