import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Reply } from './support/rest.ts';
import { reasonOf, rest, restOk } from './support/rest.ts';

describe('limits', () => {
  it("let one address try a minute's worth of credentials, then say when to come back", async () => {
    // Another client than everybody else in these tests, whatever it claims to be.
    const from = '127.0.0.77';
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 80; attempt += 1) {
      const reply = await rest('POST', '/v1/guests', {
        from,
        body: {},
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

  it('hold a flood of reads back in Envoy itself', async () => {
    const guest = z.object({ tokens: z.object({ accessToken: z.string() }) });
    const { tokens } = await restOk(guest, 'POST', '/v1/guests', { body: {} });
    const read = (): Promise<Reply> => rest('GET', '/v1/categories', { token: tokens.accessToken });
    // A hundred a second are let through; ten times as many take less than ten.
    const held = (await Promise.all(Array.from({ length: 1_000 }, read))).filter(
      (reply) => reply.status === 429,
    );
    expect(held.length).toBeGreaterThan(0);
    const told = held.map((reply) => `${reasonOf(reply) ?? ''} ${String(reply.headers['retry-after'])}`);
    expect(new Set(told)).toEqual(new Set(['RATE_LIMITED 1']));
  });
});
