import { describe, expect, it } from '@jest/globals';
import { reasonOf, rest } from './support/rest.ts';

describe('limits', () => {
  it("let one address try a minute's worth of credentials, then say when to come back", async () => {
    // Another client than everybody else in these tests, whatever it claims to be.
    const from = '127.0.0.77';
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 80; attempt += 1) {
      const reply = await rest('POST', '/v1/sessions', {
        from,
        body: { email: 'nobody@example.com', password: 'x'.repeat(12) },
        headers: { 'x-forwarded-for': `10.0.0.${String(attempt)}` },
      });
      statuses.push(reply.status);
      if (reply.status === 429 && reasonOf(reply) === 'RATE_LIMITED') {
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
        break;
      }
    }
    // A minute that ends meanwhile starts the count again, once at most.
    expect(statuses.at(-1)).toBe(429);
    const other = await rest('POST', '/v1/guests', { from: '127.0.0.78', body: {} });
    expect(other.status).toBe(200);
  });

  it('hold floods of reads back in Envoy itself', async () => {
    const from = '127.0.0.79';
    const flood = Array.from({ length: 2_500 }, () => rest('GET', '/v1/categories', { from }));
    const held = (await Promise.all(flood)).filter((reply) => reply.status === 429);
    expect(held.length).toBeGreaterThan(0);
    expect(
      new Set(held.map((reply) => `${reasonOf(reply) ?? ''} ${String(reply.headers['retry-after'])}`)),
    ).toEqual(new Set(['RATE_LIMITED 1']));
  });
});
