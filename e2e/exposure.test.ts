import type { DescMethod, DescMethodUnary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { edgeMethods } from '@souk/gen/edge';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { edgeTransport } from './support/clients.ts';
import { reasonOf, rest } from './support/rest.ts';
import { login } from './support/shop.ts';
import { readPlatform } from './support/platform.ts';

const SERVICES = [
  CartService,
  CatalogService,
  IdentityService,
  InventoryService,
  OrderService,
  PaymentService,
  PricingService,
  ReviewService,
];
const exposed = new Set(edgeMethods.map((each) => `${each.grpcService}/${each.method}`));
const hidden = SERVICES.flatMap((service) => service.methods)
  .filter((method) => !exposed.has(`${method.parent.typeName}/${method.name}`))
  .filter(isUnary);

describe('what the contracts do not expose', () => {
  let token: string;

  beforeAll(async () => {
    // Whoever may do everything still reaches nothing that is not exposed.
    ({ accessToken: token } = await login(readPlatform().admin));
  });

  it('is something', () => {
    expect(hidden.map((method) => method.name)).toEqual(
      expect.arrayContaining(['ReserveStock', 'QuoteLines', 'AuthorizePayment', 'CloseCart']),
    );
  });

  it.each(hidden.map((method) => [`${method.parent.typeName}/${method.name}`, method] as const))(
    '%s is not found by REST, gRPC or gRPC-web',
    async (path, method) => {
      for (const verb of ['GET', 'POST']) {
        const reply = await rest(verb, `/${path}`, { token, ...(verb === 'POST' ? { body: {} } : {}) });
        expect([reply.status, reasonOf(reply)]).toEqual([404, 'ROUTE_NOT_FOUND']);
      }
      for (const protocol of ['gRPC', 'gRPC-web'] as const) {
        const transport = edgeTransport(protocol, token);
        const call = transport.unary(method, undefined, undefined, undefined, {});
        // HTTP's 404 is UNIMPLEMENTED in gRPC.
        await expect(
          call.catch((error: unknown) => Promise.reject(ConnectError.from(error))),
        ).rejects.toMatchObject({
          code: Code.Unimplemented,
        });
      }
    },
  );

  it.each([
    'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
    'grpc.health.v1.Health/Check',
    'souk.order.v1.OrderService/NoSuchRpc',
  ])('%s is not found either', async (path) => {
    expect((await rest('POST', `/${path}`, { token, body: {} })).status).toBe(404);
    const web = await rest('POST', `/${path}`, {
      token,
      raw: '\0\0\0\0\0',
      headers: { 'content-type': 'application/grpc-web+proto' },
    });
    expect(web.status).toBe(404);
  });

  it.each(['/', '/v1', '/v1/', '/v1/nothing', '/metrics', '/stats', '/config_dump', '/.well-known/nothing'])(
    'GET %s is not found',
    async (path) => {
      expect((await rest('GET', path, { token })).status).toBe(404);
    },
  );

  it.each(['/v1/orders/..%2f..%2fmetrics', '/v1/orders%2Fx'])('GET %s is refused', async (path) => {
    expect((await rest('GET', path, { token })).status).toBe(400);
  });

  it('finds a path with dots where it leads', async () => {
    expect((await rest('GET', '/v1/nothing/../../healthz')).status).toBe(200);
  });
});

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}
