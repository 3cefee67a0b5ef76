import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport, createGrpcWebTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { type Backend, startBackend } from './testing/backend.ts';
import { startEdge, type TestEdge } from './testing/edge.ts';

/** What only the mesh may say, said by a client. */
const SPOOFED = {
  'x-souk-subject': 'somebody-else',
  'x-souk-kind': 'user',
  'x-souk-caller-token': 'forged',
  'X-Souk-Anything': 'forged',
  'x-envoy-original-path': '/forged',
  'x-envoy-upstream-rq-timeout-ms': '1',
};

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

/** The one call that arrived. */
function arrival(): Backend['arrivals'][number] {
  const [first, ...others] = backend.arrivals;
  if (first === undefined || others.length > 0) {
    throw new Error(`${String(backend.arrivals.length)} calls arrived`);
  }
  return first;
}

function spoofsIn(headers: Headers): string[] {
  return [...headers]
    .filter(([, value]) => ['somebody-else', 'forged', '/forged'].includes(value))
    .map(([name]) => name);
}

describe('headers', () => {
  it('that only the mesh may send are taken off public REST calls', async () => {
    await fetch(`${edge.url}/v1/products/p`, { headers: SPOOFED });
    expect(spoofsIn(arrival().headers)).toEqual([]);
    expect(arrival().headers.get('x-souk-subject')).toBeNull();
  });

  it.each(['gRPC', 'gRPC-web'])('that only the mesh may send are taken off %s calls', async (protocol) => {
    const transport =
      protocol === 'gRPC'
        ? createGrpcTransport({ baseUrl: edge.url, sessionManager: connection })
        : createGrpcWebTransport({ baseUrl: edge.url, httpVersion: '1.1' });
    await createClient(CatalogService, transport).getProduct({ productId: 'p' }, { headers: SPOOFED });
    expect(spoofsIn(arrival().headers)).toEqual([]);
    expect(arrival().headers.get('x-souk-subject')).toBeNull();
  });

  it('tell services what the verified token says, and pass the token on', async () => {
    const token = await edge.token({ sub: 'ada', kind: 'guest' });
    await fetch(`${edge.url}/v1/orders`, { headers: { ...SPOOFED, authorization: `Bearer ${token}` } });
    const { headers } = arrival();
    expect([headers.get('x-souk-subject'), headers.get('x-souk-kind')]).toEqual(['ada', 'guest']);
    expect(headers.get('authorization')).toBe(`Bearer ${token}`);
    expect(spoofsIn(headers)).toEqual([]);
  });

  it('carry a trace, a request id, the idempotency key and the deadline inward', async () => {
    await fetch(`${edge.url}/v1/carts/c/items`, { method: 'POST' });
    await fetch(`${edge.url}/v1/products/p`, { headers: { 'idempotency-key': 'k-1' } });
    const { headers, timeoutMs } = arrival();
    expect(headers.get('idempotency-key')).toBe('k-1');
    expect(headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(timeoutMs).toBeGreaterThan(0);
    expect(timeoutMs).toBeLessThanOrEqual(1_000);
  });

  it('let a gRPC caller set a nearer deadline', async () => {
    const transport = createGrpcTransport({ baseUrl: edge.url, sessionManager: connection });
    await createClient(CatalogService, transport).getProduct({ productId: 'p' }, { timeoutMs: 700 });
    expect(arrival().timeoutMs).toBeLessThanOrEqual(700);
  });
});

describe('REST', () => {
  it('shows the bare resource where the contract says so', async () => {
    const reply = await fetch(`${edge.url}/v1/products/p`);
    expect(await reply.json()).toMatchObject({ productId: 'p', variants: [] });
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(await edge.stat(/\.lua\.errors$/)).toBe(0);
  });

  it("shows a service's error with its details", async () => {
    const reply = await fetch(`${edge.url}/v1/products/missing`);
    expect([reply.status, await reply.json()]).toEqual([
      404,
      {
        code: 5,
        message: 'There is no such product.',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'PRODUCT_NOT_FOUND',
            domain: 'catalog.souk',
            metadata: {},
          },
        ],
      },
    ]);
  });

  it('hands a raw body over as it came', async () => {
    const body = '{"id":  "evt_1",\n"amount":1.50}';
    const headers = { 'content-type': 'application/json', 'souk-provider-signature': 't=1,v1=ab' };
    const reply = await fetch(`${edge.url}/v1/payments/webhooks/simulator`, {
      method: 'POST',
      body,
      headers,
    });
    expect(reply.status).toBe(200);
    expect(new TextDecoder().decode(arrival().body)).toBe(body);
    expect(arrival().headers.get('souk-provider-signature')).toBe('t=1,v1=ab');
  });

  it('ends a call at the timeout of its contract', async () => {
    const reply = await fetch(`${edge.url}/v1/products/slow`);
    expect(reply.status).toBe(504);
    expect(await reply.json()).toMatchObject({ code: 4, details: [{ reason: 'DEADLINE_EXCEEDED' }] });
  });

  it('refuses bodies beyond the limit', async () => {
    const token = await edge.token({ sub: 'ada', kind: 'guest' });
    const items = JSON.stringify({ items: [{ sku: 'a'.repeat(5 * 1024 * 1024), quantity: 1 }] });
    const reply = await fetch(`${edge.url}/v1/carts/c/items`, {
      method: 'POST',
      body: items,
      headers: { authorization: `Bearer ${token}` },
    });
    expect([reply.status, await reply.json()]).toEqual([
      413,
      expect.objectContaining({ details: [expect.objectContaining({ reason: 'REQUEST_TOO_LARGE' })] }),
    ]);
    expect(backend.arrivals).toEqual([]);
  });

  it('streams a message a line, or an event each when asked for', async () => {
    const lines = await fetch(`${edge.url}/v1/availability:watch?skus=a`);
    expect(
      (await lines.text())
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([{ resumeToken: 'a' }, { resumeToken: 'b' }]);
    const accept = { accept: 'text/event-stream' };
    const events = await fetch(`${edge.url}/v1/availability:watch?skus=a`, { headers: accept });
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    expect(await events.text()).toBe('data: {"resumeToken":"a"}\n\ndata: {"resumeToken":"b"}\n\n');
  });

  it('answers the preflight of a known origin, and of no other', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${edge.url}/v1/orders`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
    const known = await preflight('https://shop.test');
    expect([known.status, known.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://shop.test',
    ]);
    expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('replicas', () => {
  it('that are not available are asked again for reads, but not for writes', async () => {
    const failFirst = { 'x-fail-first': 'yes' };
    expect((await fetch(`${edge.url}/v1/products/p`, { headers: failFirst })).status).toBe(200);
    backend.forget();
    const token = await edge.token({ sub: 'ada', kind: 'guest' });
    const write = await fetch(`${edge.url}/v1/carts/current/items`, {
      method: 'POST',
      body: '{}',
      headers: { ...failFirst, authorization: `Bearer ${token}` },
    });
    expect(write.status).toBe(503);
    expect(backend.arrivals).toEqual([]);
  });

  it('come and go without a restart', async () => {
    const other = await startBackend();
    try {
      await edge.move('catalog', other.port);
      for (let attempt = 0; attempt < 100 && other.arrivals.length === 0; attempt += 1) {
        expect((await fetch(`${edge.url}/v1/products/p`)).status).toBe(200);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(other.arrivals.length).toBeGreaterThan(0);
      await edge.move('catalog', backend.port);
    } finally {
      other.close();
    }
  });
});
