import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, createGrpcWebTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { type Backend, startBackend } from './testing/backend.ts';
import { startEdge, type TestEdge } from './testing/edge.ts';
import { ISSUER } from './testing/issuer.ts';

const now = (): number => Math.floor(Date.now() / 1_000);

/** Tokens that are signed well, and wrong nevertheless: nobody without identity's key could make them. */
const WRONG: readonly (readonly [string, Record<string, unknown>])[] = [
  ['has expired', { exp: now() - 60, iat: now() - 120 }],
  ['is from the future', { nbf: now() + 600 }],
  ['never expires', { exp: undefined }],
  ['is from another issuer', { iss: 'https://evil.test' }],
  ['has no issuer', { iss: undefined }],
  ['is for another audience', { aud: 'elsewhere' }],
  ['is for no audience', { aud: undefined }],
  ['is for an audience that only begins alike', { aud: 'souk.evil' }],
];

describe('a token that is signed well, but', () => {
  let backend: Backend;
  let edge: TestEdge;
  let connection: Http2SessionManager;

  beforeAll(async () => {
    backend = await startBackend();
    edge = await startEdge(backend.port);
    connection = new Http2SessionManager(edge.url);
  });
  afterAll(async () => {
    connection.abort();
    await edge.close();
    backend.close();
  });
  beforeEach(() => {
    backend.forget();
  });

  const transports = (): Transport[] => [
    createGrpcTransport({ baseUrl: edge.url, sessionManager: connection }),
    createGrpcWebTransport({ baseUrl: edge.url, httpVersion: '1.1' }),
  ];

  it.each(WRONG)('%s is refused on guarded and on public routes, by every protocol', async (_, claims) => {
    const token = await edge.issuer.sign({ sub: 'ada', kind: 'user', ...claims });
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/v1/orders', '/v1/products/p']) {
      const reply = await fetch(`${edge.url}${path}`, { headers });
      expect([reply.status, await reply.json()]).toMatchObject([
        401,
        { details: [{ reason: 'TOKEN_INVALID' }] },
      ]);
    }
    for (const transport of transports()) {
      const refused = await createClient(OrderService, transport)
        .listOrders({}, { headers })
        .catch((thrown: unknown) => ConnectError.from(thrown));
      expect(refused).toMatchObject({ code: Code.Unauthenticated });
    }
    expect(backend.arrivals).toEqual([]);
  });

  it('is taken when nothing is wrong with it', async () => {
    const token = await edge.issuer.sign({ sub: 'ada', kind: 'user', iss: ISSUER });
    const reply = await fetch(`${edge.url}/v1/orders`, { headers: { authorization: `Bearer ${token}` } });
    expect(reply.status).toBe(200);
  });

  it('is missing is told to gRPC callers with its reason', async () => {
    const transport = createGrpcTransport({ baseUrl: edge.url, sessionManager: connection });
    const refused = await createClient(OrderService, transport)
      .listOrders({})
      .catch((thrown: unknown) => ConnectError.from(thrown));
    expect(refused).toMatchObject({ code: Code.Unauthenticated });
    const [info] = refused instanceof ConnectError ? refused.findDetails(ErrorInfoSchema) : [];
    expect(info).toMatchObject({ reason: 'TOKEN_MISSING', domain: 'edge.souk' });
  });

  it('whose key came after a rotation is taken, and those before it stay good', async () => {
    const old = await edge.token({ sub: 'ada', kind: 'user' });
    await edge.issuer.rotate();
    const young = await edge.token({ sub: 'ada', kind: 'user' });
    const statusOf = async (token: string): Promise<number> =>
      (await fetch(`${edge.url}/v1/orders`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await statusOf(old)).toBe(200);
    // Identity serves a key before it signs with it; until Envoy has fetched again, only the old one is known.
    expect([200, 401]).toContain(await statusOf(young));
  });
});
