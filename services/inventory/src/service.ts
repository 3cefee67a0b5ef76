import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { WarehouseService } from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { recentReads } from '@souk/kernel';
import { connectKafka } from '@souk/messaging';
import { openMongo } from '@souk/mongo';
import { implement, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import { openSql, relayOutbox } from '@souk/sql';
import { AvailabilityFeed } from './app/availability-feed.ts';
import { notifySubscribers, type SubscriptionPorts } from './app/back-in-stock.ts';
import { expireReservations } from './app/expire-reservations.ts';
import { fillBackordersAsTheyCome } from './app/fill-backorders.ts';
import type { InventoryPorts } from './app/ports.ts';
import { reservationDesk } from './app/reservation-desk.ts';
import type { WatchPorts } from './app/watch-availability.ts';
import { config } from './config.ts';
import { onStockChanged } from './events/on-stock-changed.ts';
import { toEvent } from './events/to-event.ts';
import { inventoryHandlers } from './grpc/inventory-handlers.ts';
import { levelsCodec } from './grpc/levels-codec.ts';
import { warehouseHandlers } from './grpc/warehouse-handlers.ts';
import { migrations } from './storage/migrations/index.ts';
import { mongoAvailabilityView } from './storage/mongo-availability-view.ts';
import { postgresSetup } from './storage/postgres-setup.ts';
import { postgresStockBooks } from './storage/postgres-stock-books.ts';
import { postgresSubscriptions } from './storage/postgres-subscriptions.ts';

/** Inventory: stock, its ledger, reservations, and what can be sold. */
export const service = defineService({
  name: 'inventory',
  config,
  async start(ctx) {
    const sql = await openSql(ctx, { migrations });
    const kafka = connectKafka(ctx);
    relayOutbox(ctx, sql, kafka);

    const setup = postgresSetup(sql, ctx.clock);
    const view = mongoAvailabilityView(openMongo(ctx), setup);
    kafka.consume({ group: 'availability', batch: onStockChanged(view) });

    const ports: InventoryPorts = {
      books: postgresStockBooks(sql, (happened) => toEvent(ctx, happened), levelsCodec),
      view,
      setup,
      clock: ctx.clock,
      allocationStrategy: ctx.config.allocationStrategy,
      reservationTtlMs: ctx.config.reservationTtlS * 1_000,
    };
    ctx.worker('expire-reservations', (signal) => expireReservations(ports, signal));

    ctx.worker('fill-backorders', (signal) => fillBackordersAsTheyCome(ports, signal));
    const subscriptions: SubscriptionPorts = {
      subscriptions: postgresSubscriptions(sql, (happened) => toEvent(ctx, happened)),
      view,
      clock: ctx.clock,
    };
    ctx.worker('back-in-stock', (signal) => notifySubscribers(subscriptions, signal));

    const feed = new AvailabilityFeed(view, ctx.log);
    const stopping = new AbortController();
    ctx.onStop('intake', async () => stopping.abort());
    ctx.worker('availability-feed', (signal) => feed.run(signal));
    const { watchHeartbeatS, watchLifetimeS } = ctx.config;
    const watch: WatchPorts = {
      view,
      feed,
      clock: ctx.clock,
      times: { heartbeatMs: watchHeartbeatS * 1_000, lifetimeMs: watchLifetimeS * 1_000 },
      stopping: stopping.signal,
    };

    // What is sold is decided by the books; what is shown may be moments old.
    const reader = recentReads((skus) => view.get(skus), ctx.clock, {
      maxAgeMs: ctx.config.availabilityMaxAgeMs,
      maxEntries: 20_000,
    });
    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    return {
      rpc: [
        implement(WarehouseService, warehouseHandlers(ports, pageTokens)),
        implement(
          InventoryService,
          inventoryHandlers(ports, subscriptions, reservationDesk(ports), reader, watch, pageTokens),
        ),
      ],
    };
  },
});
