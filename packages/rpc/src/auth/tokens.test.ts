import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { accessTokenVerifier, loadMeshIdentity, remoteKeys } from '../index.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

const newKey = (): Promise<KeyPair> => generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
const publicJwk = async (pair: KeyPair, kid: string): Promise<JWK> => ({
  ...(await exportJWK(pair.publicKey)),
  kid,
});
const privateJwk = async (pair: KeyPair, kid: string): Promise<JWK> => ({
  ...(await exportJWK(pair.privateKey)),
  kid,
});

describe('an access token', () => {
  const id = newId();
  let pair: KeyPair;

  beforeAll(async () => {
    pair = await newKey();
  });

  const sign = (
    change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
    header: object = {},
    key = pair.privateKey,
  ): Promise<string> =>
    change(
      new SignJWT({ kind: 'user', sid: 's', roles: ['shopper'], scope: 'a.b.c d.e.f' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: 'at+jwt', ...header })
        .setSubject(id)
        .setIssuer('https://souk.test')
        .setAudience('souk')
        .setIssuedAt()
        .setExpirationTime('1m'),
    ).sign(key);

  const verifier = async (): Promise<(token: string) => Promise<unknown>> => {
    const verify = accessTokenVerifier(
      createLocalJWKSet({ keys: [await publicJwk(pair, 'k')] }),
      'https://souk.test',
    );
    return async (token) => await verify(token);
  };

  it('speaks for its principal', async () => {
    const verify = await verifier();
    await expect(verify(await sign())).resolves.toMatchObject({
      kind: 'user',
      id,
      permissions: new Set(['a.b.c', 'd.e.f']),
    });
  });

  it('is refused when it is expired, for others, of another type, by another key, or no token at all', async () => {
    const verify = await verifier();
    const stranger = await newKey();
    const refused = [
      await sign((jwt) => jwt.setExpirationTime(Math.floor(Date.now() / 1_000) - 60)),
      await sign((jwt) => jwt.setNotBefore('10m')),
      await sign((jwt) => jwt.setAudience('elsewhere')),
      await sign((jwt) => jwt.setIssuer('https://elsewhere.test')),
      await sign((jwt) => jwt.setSubject('not-a-uuid')),
      await sign(undefined, { typ: 'JWT' }),
      await sign(undefined, { kid: 'unknown' }),
      await sign(undefined, {}, stranger.privateKey),
      `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from(`{"sub":"${id}"}`).toString('base64url')}.`,
      await new SignJWT({})
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .sign(Buffer.from((await publicJwk(pair, 'k')).x ?? '')),
      (await sign()).slice(0, -4),
      'x'.repeat(5_000),
    ];
    for (const token of refused)
      await expect(verify(token)).rejects.toMatchObject({ kind: 'unauthenticated', reason: 'TOKEN_INVALID' });
  });
});

describe('keys from a URL', () => {
  let server: Server;
  let url: string;
  let answer: () => Promise<{ status: number; keys: JWK[] }>;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      void answer().then(({ status, keys }) => response.writeHead(status).end(JSON.stringify({ keys })));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(() => void server.close());

  it('stay in use when their source is gone', async () => {
    const key = await publicJwk(await newKey(), 'one');
    answer = () => Promise.resolve({ status: 200, keys: [key] });
    const keys = remoteKeys(url);
    const header = { alg: 'EdDSA', kid: 'one' };
    await keys(header, { payload: '', signature: '' });
    answer = () => Promise.resolve({ status: 500, keys: [] });
    await expect(keys(header, { payload: '', signature: '' })).resolves.toBeDefined();
  });

  it('are a clear failure when none were ever had', async () => {
    answer = () => Promise.resolve({ status: 500, keys: [] });
    await expect(
      remoteKeys(url)({ alg: 'EdDSA', kid: 'one' }, { payload: '', signature: '' }),
    ).rejects.toThrow(TypeError);
  });
});

describe('a service of the mesh', () => {
  it('proves itself to the service it calls, and to no other', async () => {
    const [order, inventory] = [await newKey(), await newKey()];
    const publicKeys = JSON.stringify({
      keys: [await publicJwk(order, 'order'), await publicJwk(inventory, 'inventory')],
    });
    const caller = await loadMeshIdentity(
      'order',
      JSON.stringify(await privateJwk(order, 'order')),
      publicKeys,
    );
    const callee = await loadMeshIdentity(
      'inventory',
      JSON.stringify(await privateJwk(inventory, 'inventory')),
      publicKeys,
    );
    const token = await caller.callerToken('inventory');
    expect(await callee.verifyCaller(token)).toBe('order');
    await expect(async () => await callee.verifyCaller(await caller.callerToken('payment'))).rejects.toThrow(
      /not valid/,
    );
  });

  it('signs only in its own name', async () => {
    const [order, pricing] = [await newKey(), await newKey()];
    const publicKeys = JSON.stringify({
      keys: [await publicJwk(order, 'order'), await publicJwk(pricing, 'pricing')],
    });
    const thief = await loadMeshIdentity(
      'pricing',
      JSON.stringify(await privateJwk(order, 'order')),
      publicKeys,
    );
    const reader = await loadMeshIdentity(
      'order',
      JSON.stringify(await privateJwk(order, 'order')),
      publicKeys,
    );
    await expect(reader.verify(await thief.sign({ total: 1 }, 'order', 60), 'pricing')).rejects.toThrow(
      /not valid/,
    );
    const own = await reader.sign({ total: 1 }, 'order', 60);
    await expect(reader.verify(own, 'order')).resolves.toMatchObject({ total: 1 });
    await expect(reader.verify(own, 'pricing')).rejects.toThrow(/not valid/);
  });
});
