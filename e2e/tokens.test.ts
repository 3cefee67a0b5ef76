import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { z } from 'zod';
import { clientsOver } from './support/clients.ts';
import { readPlatform } from './support/platform.ts';
import { reasonOf, rest, restOk } from './support/rest.ts';
import { login } from './support/shop.ts';

describe('access tokens at the edge', () => {
  let good: string;
  const forgeries: [what: string, token: string][] = [];

  beforeAll(async () => {
    ({ accessToken: good } = await login(readPlatform().admin));
    const claims = decodeJwt(good);
    const { kid } = decodeProtectedHeader(good);
    const own = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const forge = (header: Record<string, unknown>): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header }).sign(own.privateKey);
    const { keys } = await restOk(
      z.object({ keys: z.array(z.looseObject({ x: z.string() })) }),
      'GET',
      '/.well-known/jwks.json',
    );
    const [head = '', payload = '', signature = ''] = good.split('.');
    const confused = `${encode({ alg: 'HS256', kid })}.${payload}`;
    const mac = createHmac('sha256', Buffer.from(keys[0]?.x ?? '', 'base64url'))
      .update(confused)
      .digest('base64url');
    forgeries.push(
      ['signed by another key under our kid', await forge({ kid })],
      ['signed by another key under a kid of its own', await forge({ kid: 'mine' })],
      ['bringing its own key along', await forge({ kid, jwk: await exportJWK(own.publicKey) })],
      ['pointing to its own keys', await forge({ kid: 'mine', jku: 'https://evil.example/jwks.json' })],
      ['not signed at all', new UnsecuredJWT(claims).encode()],
      ['signed by our public key as a secret', `${confused}.${mac}`],
      [
        'with more rights than were signed',
        `${head}.${encode({ ...claims, scope: 'everything' })}.${signature}`,
      ],
      ['cut off', good.slice(0, -5)],
      ['without a signature', `${head}.${payload}.`],
      ['of nonsense', 'nonsense'],
    );
  });

  it('are taken when they are good', async () => {
    expect((await rest('GET', '/v1/accounts/me', { token: good })).status).toBe(200);
  });

  it('are missed where they are needed', async () => {
    const reply = await rest('GET', '/v1/accounts/me');
    expect([reply.status, reasonOf(reply)]).toEqual([401, 'TOKEN_MISSING']);
  });

  it('are refused when they are forged, on guarded and on public routes, by REST, gRPC and gRPC-web', async () => {
    for (const [what, token] of forgeries) {
      for (const path of ['/v1/accounts/me', '/v1/categories']) {
        const reply = await rest('GET', path, { token });
        expect([what, path, reply.status, reasonOf(reply)]).toEqual([what, path, 401, 'TOKEN_INVALID']);
      }
      for (const protocol of ['gRPC', 'gRPC-web'] as const) {
        const attempt = clientsOver(protocol, token).identity.getAccount({ accountId: 'me' });
        await expect(attempt).rejects.toThrow(/unauthenticated/i);
      }
    }
  });

  it('are not read from the query', async () => {
    for (const name of ['access_token', 'token', 'jwt']) {
      const reply = await rest('GET', `/v1/accounts/me?${name}=${good}`);
      expect([400, 401]).toContain(reply.status);
    }
  });

  it('of a guest do not open what accounts may', async () => {
    const guest = z.object({ tokens: z.object({ accessToken: z.string() }) });
    const { tokens } = await restOk(guest, 'POST', '/v1/guests', { body: {} });
    expect((await rest('GET', '/v1/accounts/me', { token: tokens.accessToken })).status).toBe(403);
    expect((await rest('GET', '/v1/accounts', { token: tokens.accessToken })).status).toBe(403);
  });
});

function encode(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
