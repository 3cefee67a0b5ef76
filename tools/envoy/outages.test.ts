import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { type Backend, startBackend } from './testing/backend.ts';
import { startEdge, type TestEdge } from './testing/edge.ts';
import { ISSUER, startIssuer } from './testing/issuer.ts';
import { freePort } from './testing/ports.ts';
import { startStuckServer } from './testing/stuck.ts';

let backend: Backend;
const closing: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => {
  backend.close();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function edgeWith(options: Parameters<typeof startEdge>[1]): Promise<TestEdge> {
  const edge = await startEdge(backend.port, options);
  closing.push(edge.close);
  return edge;
}

async function write(edge: TestEdge): Promise<{ status: number; tookMs: number }> {
  const startedAt = performance.now();
  const reply = await fetch(`${edge.url}/v1/carts/current/items`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: `Bearer ${await edge.token({ sub: 'ada', kind: 'guest' })}` },
  });
  return { status: reply.status, tookMs: performance.now() - startedAt };
}

describe('while the keys of identity cannot be had', () => {
  it('an edge that starts refuses tokens, serves the public, and takes tokens once the keys are there', async () => {
    const issuer = await startIssuer();
    closing.push(issuer.close);
    issuer.fail(true);
    const edge = await edgeWith({ sharedIssuer: issuer, withoutKeys: true });
    expect((await fetch(`${edge.url}/v1/products/p`)).status).toBe(200);
    expect((await write(edge)).status).toBe(401);
    issuer.fail(false);
    let status = 401;
    for (let attempt = 0; attempt < 100 && status === 401; attempt += 1) {
      await sleep(100);
      ({ status } = await write(edge));
    }
    expect(status).toBe(200);
  });

  it('an edge that had them goes on', async () => {
    const edge = await edgeWith({});
    edge.issuer.fail(true);
    expect((await write(edge)).status).toBe(200);
    const stranger = await edge.issuer.sign({ sub: 'ada', iss: `${ISSUER}.evil` });
    const refused = await fetch(`${edge.url}/v1/orders`, {
      headers: { authorization: `Bearer ${stranger}` },
    });
    expect(refused.status).toBe(401);
  });
});

describe('while the rate limit service', () => {
  it('is gone, calls are let through, and what each Envoy counts by itself still holds', async () => {
    const gone = { host: '127.0.0.1', port: await freePort() };
    const edge = await edgeWith({ rateLimit: [gone], unlimitedAddresses: [] });
    expect((await write(edge)).status).toBe(200);
    const token = await edge.token({ sub: 'flood', kind: 'guest' });
    const headers = { authorization: `Bearer ${token}` };
    const statuses = await Promise.all(
      Array.from({ length: 400 }, async () => (await fetch(`${edge.url}/v1/products/p`, { headers })).status),
    );
    expect(statuses).toEqual(expect.arrayContaining([200, 429]));
  });

  it('is stuck, or its Redis is and it does not answer, a call waits a tenth of a second and goes on', async () => {
    const stuck = await startStuckServer();
    closing.push(stuck.close);
    const edge = await edgeWith({ rateLimit: [{ host: '127.0.0.1', port: stuck.port }] });
    const { status } = await write(edge);
    expect(status).toBe(200);
    expect(await edge.stat(/ratelimit\.(error|failure_mode_allowed)$/)).toBeGreaterThan(0);
  });
});

describe('of two replicas', () => {
  it('one dies: reads go to the other, but for those that found it dead three times running', async () => {
    const mortal = await startBackend();
    const edge = await edgeWith({});
    await edge.move('catalog', backend.port, mortal.port);
    await until(async () => {
      await fetch(`${edge.url}/v1/products/p`);
      return mortal.arrivals.length > 0;
    });
    const statuses: number[] = [];
    const reader = async (): Promise<void> => {
      while (statuses.length < 400) {
        if (statuses.length === 100) mortal.close();
        statuses.push((await fetch(`${edge.url}/v1/products/p`)).status);
      }
    };
    await Promise.all(Array.from({ length: 12 }, reader));
    expect(statuses.filter((status) => status !== 200).length).toBeLessThanOrEqual(4);
  });

  it('one is stuck: it is found out by its health checks and asked no more', async () => {
    const stuck = await startStuckServer();
    closing.push(stuck.close);
    const edge = await edgeWith({});
    await edge.move('catalog', backend.port, stuck.port);
    await until(async () => (await edge.stat(/^cluster\.catalog\.membership_total$/)) === 2);
    await until(async () => (await edge.stat(/^cluster\.catalog\.membership_healthy$/)) === 1);
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await fetch(`${edge.url}/v1/products/p`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('none answers: retries stay within their budget', async () => {
    const edge = await edgeWith({});
    await edge.move('catalog', await freePort());
    await until(async () => (await fetch(`${edge.url}/v1/products/p`)).status === 503);
    const attempts = async (): Promise<number> => await edge.stat(/^cluster\.catalog\.upstream_rq_retry$/);
    const before = await attempts();
    const calls = 500;
    const statuses = await Promise.all(
      Array.from({ length: calls }, async () => (await fetch(`${edge.url}/v1/products/p`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([503]));
    // A fifth of what is under way, and twenty at least; without a budget it were three for each call.
    expect(await edge.stat(/^cluster\.catalog\.upstream_rq_retry_overflow$/)).toBeGreaterThan(0);
    expect((await attempts()) - before).toBeLessThanOrEqual(calls * 0.6);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('it did not come to that');
}
