import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Interceptor, Transport } from '@connectrpc/connect';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, createGrpcWebTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { afterAll } from '@jest/globals';
import { AnalyticsService } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import { readPlatform } from './platform.ts';

/** The two protocols of gRPC that the edge speaks. */
export type Protocol = 'gRPC' | 'gRPC-web';

/** Clients of the services a shopper or a clerk uses. */
export interface Clients {
  readonly analytics: Client<typeof AnalyticsService>;
  readonly cart: Client<typeof CartService>;
  readonly catalog: Client<typeof CatalogService>;
  readonly identity: Client<typeof IdentityService>;
  readonly inventory: Client<typeof InventoryService>;
  readonly order: Client<typeof OrderService>;
  readonly payment: Client<typeof PaymentService>;
  readonly pricing: Client<typeof PricingService>;
  readonly review: Client<typeof ReviewService>;
  readonly storefront: Client<typeof StorefrontService>;
}

let connection: Http2SessionManager | undefined;

/** One connection for all gRPC clients of a test file, closed at its end. */
function connectionTo(baseUrl: string): Http2SessionManager {
  connection ??= new Http2SessionManager(baseUrl);
  return connection;
}

afterAll(() => {
  connection?.abort();
});

/** How often and how long a call waits for its turn, in milliseconds. */
const TURNS = 60;
const TURN_MS = 250;

/** All test files share one administrator and so its limits; a call beyond them waits, as a merchant's program would. */
const waitForTurn: Interceptor = (next) => async (request) => {
  for (let turn = 1; ; turn += 1) {
    try {
      return await next(request);
    } catch (error) {
      const isBeyondLimit = error instanceof ConnectError && error.code === Code.ResourceExhausted;
      if (!isBeyondLimit || request.stream || turn === TURNS) throw error;
      await sleep(TURN_MS * (0.5 + Math.random()));
    }
  }
};

/** A transport to the edge that sends a token, if there is one. */
export function edgeTransport(protocol: Protocol, token?: string): Transport {
  const sendToken: Interceptor = (next) => (request) => {
    if (token !== undefined) {
      request.header.set('authorization', `Bearer ${token}`);
    }
    return next(request);
  };
  const baseUrl = readPlatform().edge;
  const options = { baseUrl, interceptors: [waitForTurn, sendToken] };
  return protocol === 'gRPC'
    ? createGrpcTransport({ ...options, sessionManager: connectionTo(baseUrl) })
    : createGrpcWebTransport({ ...options, httpVersion: '1.1' });
}

/** Clients through the edge, acting with a token, if there is one. */
export function clientsOver(protocol: Protocol, token?: string): Clients {
  const transport = edgeTransport(protocol, token);
  return {
    analytics: createClient(AnalyticsService, transport),
    cart: createClient(CartService, transport),
    catalog: createClient(CatalogService, transport),
    identity: createClient(IdentityService, transport),
    inventory: createClient(InventoryService, transport),
    order: createClient(OrderService, transport),
    payment: createClient(PaymentService, transport),
    pricing: createClient(PricingService, transport),
    review: createClient(ReviewService, transport),
    storefront: createClient(StorefrontService, transport),
  };
}
