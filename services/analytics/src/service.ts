import { AnalyticsService } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { connectKafka } from '@souk/messaging';
import { openMongo } from '@souk/mongo';
import { implement, moneyFromProto, PageTokens } from '@souk/rpc';
import { defineService } from '@souk/service';
import type { AnalyticsPorts } from './app/ports.ts';
import { config } from './config.ts';
import { Calendar } from './domain/calendar.ts';
import { type OrderFactReader, onOrderFacts } from './events/on-order-facts.ts';
import { analyticsHandlers } from './grpc/analytics-handlers.ts';
import { mongoSalesFacts } from './storage/mongo-sales-facts.ts';

/** Analytics: how the shop is doing, from the facts of other services. */
export const service = defineService({
  name: 'analytics',
  config,
  async start(ctx) {
    const kafka = connectKafka(ctx);
    const calendar = new Calendar(ctx.config.timeZone);
    const reader: OrderFactReader = { calendar, readAmount: moneyFromProto };
    const facts = await mongoSalesFacts(openMongo(ctx), ctx.clock);
    kafka.consume({ group: 'sales', batch: onOrderFacts(reader, (found) => facts.add(found)) });

    const ports: AnalyticsPorts = {
      facts,
      log: { readAll: (handle) => kafka.readAll({ batch: onOrderFacts(reader, handle) }) },
      calendar,
      clock: ctx.clock,
    };
    const pageTokens = new PageTokens(ctx.secret('page-tokens'));
    return { rpc: [implement(AnalyticsService, analyticsHandlers(ports, pageTokens))] };
  },
});
