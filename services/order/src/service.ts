import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { FulfilmentService } from '@souk/gen/souk/order/v1/fulfilment_service_pb';
import { OrderEditService } from '@souk/gen/souk/order/v1/edit_service_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { ReturnService } from '@souk/gen/souk/order/v1/return_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { connectKafka } from '@souk/messaging';
import { implement, moneyToProto, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import { attachGuestOrders, noteGuestOrders } from './app/attach-guest-orders.ts';
import type { DocumentPorts } from './app/document-ports.ts';
import { issueDocuments } from './app/issue-documents.ts';
import { OrderFeed } from './app/order-feed.ts';
import type { OrderPorts } from './app/ports.ts';
import { recoverSagas } from './app/recover-sagas.ts';
import { resumeWaiting } from './app/resume-waiting.ts';
import { SagaEngine } from './app/saga/saga-engine.ts';
import { cancellationSaga } from './app/sagas/cancellation-saga.ts';
import { checkoutSaga } from './app/sagas/checkout-saga.ts';
import { waitLimits } from './app/sagas/payment-waits.ts';
import { editSaga } from './app/sagas/edit-saga.ts';
import { returnSaga } from './app/sagas/return-saga.ts';
import { addedPayments, addedStock } from './clients/added-purchases.ts';
import { watchSagas } from './app/watch-sagas.ts';
import { accountContacts } from './clients/account-contacts.ts';
import { cartService } from './clients/cart-service.ts';
import { catalogVariants } from './clients/catalog-variants.ts';
import { inventoryStock } from './clients/inventory-stock.ts';
import { meshBackdatingGrants } from './clients/mesh-backdating-grants.ts';
import { paymentService } from './clients/payment-service.ts';
import { pricingQuotes } from './clients/pricing-quotes.ts';
import { config, sellerOf } from './config.ts';
import { onAccountFacts } from './events/on-account-facts.ts';
import { onPaymentFacts } from './events/on-payment-facts.ts';
import { toEvent } from './events/to-event.ts';
import { editHandlers } from './grpc/edit-handlers.ts';
import { fulfilmentHandlers } from './grpc/fulfilment-handlers.ts';
import { orderHandlers } from './grpc/order-handlers.ts';
import { returnHandlers } from './grpc/return-handlers.ts';
import { observeStuckSagas } from './providers/saga-metrics.ts';
import { pdfPrinter } from './providers/pdf-printer.ts';
import { migrations } from './storage/migrations/index.ts';
import { postgresDocumentStore } from './storage/postgres-document-store.ts';
import { postgresEdits } from './storage/postgres-edits.ts';
import { postgresGuestOrders } from './storage/postgres-guest-orders.ts';
import { postgresOrderStore } from './storage/postgres-order-store.ts';
import { postgresStatistics } from './storage/postgres-statistics.ts';

/** Order: checkout, orders, cancellations and returns. */
export const service = defineService({
  name: 'order',
  config,
  async start(ctx) {
    const { clock, log } = ctx;
    const sql = await openSql(ctx, { migrations, poolMax: ctx.config.poolMax });
    const kafka = connectKafka(ctx);
    relayOutbox(ctx, sql, kafka);

    const feed = new OrderFeed();
    const store = postgresOrderStore(sql, {
      toEvent: (happened) => toEvent(ctx, happened, moneyToProto),
      onChanged: (order) => feed.changed(order),
    });
    const carts = cartService(ctx.client(CartService));
    const stock = inventoryStock(ctx.client(InventoryService));
    const payments = paymentService(ctx.client(PaymentService));

    const sagas = new SagaEngine(store, {
      clock,
      log,
      leaseMs: ctx.config.sagaLeaseMs,
      batch: ctx.config.sagaBatch,
    });
    const { paymentActionMs, paymentReviewMs } = ctx.config;
    const limits = waitLimits(paymentActionMs, paymentReviewMs);
    sagas.register(checkoutSaga({ carts, stock, payments, clock, limits }));
    sagas.register(cancellationSaga({ stock, payments, clock }));
    sagas.register(returnSaga({ stock, payments, clock }));
    sagas.register(
      editSaga({
        stock: addedStock(ctx.client(InventoryService)),
        payments: addedPayments(ctx.client(PaymentService)),
        clock,
        later: (saga) => sagas.beginLater(saga),
      }),
    );
    ctx.worker('sagas', (signal) => recoverSagas(sagas, ctx.config.sagaPollMs, signal));
    kafka.consume({
      group: 'payments',
      batch: onPaymentFacts((orderIds) => resumeWaiting({ store, sagas }, orderIds)),
    });
    const contacts = accountContacts(ctx.client(IdentityService));
    const attaching = { store, clock, log, contacts, guestOrders: postgresGuestOrders(sql) };
    kafka.consume({
      group: 'accounts',
      batch: onAccountFacts((confirmed) => noteGuestOrders(attaching, confirmed)),
    });
    ctx.worker('guest-orders', (signal) => attachGuestOrders(attaching, ctx.config.guestOrderPollMs, signal));
    ctx.worker('saga-watch', (signal) =>
      watchSagas({ store, clock, log, observe: observeStuckSagas }, ctx.config.sagaStuckMs, signal),
    );

    const ports: OrderPorts = {
      store,
      feed,
      sagas,
      carts,
      quotes: pricingQuotes(ctx.client(PricingService), ctx.mesh, clock),
      variants: catalogVariants(ctx.client(CatalogService)),
      grants: meshBackdatingGrants(ctx.mesh),
      clock,
    };
    const documents: DocumentPorts = {
      documents: postgresDocumentStore(sql),
      printer: pdfPrinter(),
      seller: sellerOf(ctx.config),
    };
    ctx.worker('documents', (signal) =>
      issueDocuments({ ...documents, clock }, ctx.config.documentPollMs, signal),
    );

    const stopping = new AbortController();
    ctx.onStop('intake', async () => stopping.abort());
    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    const handlers = orderHandlers(
      { ...ports, ...documents, statistics: postgresStatistics(sql) },
      {
        pageTokens,
        heartbeatMs: ctx.config.watchHeartbeatMs,
        watchMs: ctx.config.watchMs,
        stopping: stopping.signal,
      },
    );
    return {
      rpc: [
        implement(OrderService, handlers),
        implement(FulfilmentService, fulfilmentHandlers(ports, pageTokens)),
        implement(ReturnService, returnHandlers(ports)),
        implement(OrderEditService, editHandlers({ ...ports, edits: postgresEdits(sql) })),
      ],
    };
  },
});
