import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { Health, HealthCheckResponse_ServingStatus } from '@souk/gen/grpc/health/v1/health_pb';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';

/** One call as it reached the service behind the edge. */
export interface Arrival {
  readonly rpc: string;
  readonly headers: Headers;
  /** Milliseconds to the deadline; undefined when there was none. */
  readonly timeoutMs: number | undefined;
  readonly body?: Uint8Array;
}

/** A server of a few RPCs that remembers what arrived. */
export interface Backend {
  readonly port: number;
  readonly arrivals: Arrival[];
  /** Forgets what arrived. */
  forget(): void;
  close(): void;
}

/**
 * Starts one. Product `missing` is refused with details, `slow` is never answered; a call with the header `x-fail-first`
 * is UNAVAILABLE at the first attempt since `forget`.
 */
export async function startBackend(): Promise<Backend> {
  const arrivals: Arrival[] = [];
  let attempts = 0;
  const note = (rpc: string, context: HandlerContext, body?: Uint8Array): void => {
    const timeoutMs = context.timeoutMs();
    arrivals.push({
      rpc,
      headers: context.requestHeader,
      timeoutMs,
      ...(body === undefined ? {} : { body }),
    });
  };
  const adapter = connectNodeAdapter({
    routes: (router) => {
      router.service(Health, { check: () => ({ status: HealthCheckResponse_ServingStatus.SERVING }) });
      router.service(CatalogService, {
        async getProduct({ productId }, context) {
          note('GetProduct', context);
          if (productId === 'slow') {
            await Promise.withResolvers<undefined>().promise;
          }
          if (productId === 'missing') {
            throw missing();
          }
          return { product: { productId } };
        },
      });
      router.service(CartService, {
        addItems({ cartId }, context) {
          note('AddItems', context);
          return { cart: { cartId } };
        },
      });
      router.service(OrderService, {
        listOrders(_, context) {
          note('ListOrders', context);
          return {};
        },
      });
      router.service(PaymentService, {
        handleProviderWebhook({ body }, context) {
          note('HandleProviderWebhook', context, body?.data);
          return {};
        },
      });
      router.service(InventoryService, {
        async *watchAvailability(_, context) {
          note('WatchAvailability', context);
          yield { resumeToken: 'a' };
          yield { resumeToken: 'b' };
        },
      });
    },
  });
  const server: Http2Server = createServer((request, response) => {
    if (request.headers['x-fail-first'] !== undefined && attempts++ === 0) {
      // A status in the headers, as grpc-js sends an error that comes before any message.
      request.resume();
      response.stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' },
        { endStream: true },
      );
      return;
    }
    adapter(request, response);
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrivals,
    forget(): void {
      arrivals.length = 0;
      attempts = 0;
    },
    close(): void {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

function missing(): ConnectError {
  const error = new ConnectError('There is no such product.', Code.NotFound);
  error.details = [{ desc: ErrorInfoSchema, value: { reason: 'PRODUCT_NOT_FOUND', domain: 'catalog.souk' } }];
  return error;
}
