import { createHmac, KeyObject, sign as nodeSign } from 'node:crypto';
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
      await sign((jwt) => jwt.setIssuedAt(Math.floor(Date.now() / 1_000) + 600)),
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

describe('the corpus of forged access tokens (S2)', () => {
  const encode = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

  it('is refused, each token for itself', async () => {
    const pair = await newKey();
    const jwk = await publicJwk(pair, 'k');
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      kind: 'user',
      sid: 's',
      roles: ['shopper'],
      scope: '',
      sub: newId(),
      iss: 'https://souk.test',
      aud: 'souk',
      iat: now,
      exp: now + 60,
    };
    const header = { alg: 'EdDSA', kid: 'k', typ: 'at+jwt' };
    /** Signs whatever it is given: the key is the right one, the form is not. */
    const sign = (head: unknown, body: unknown, key = pair.privateKey): string => {
      const input = `${encode(head)}.${encode(body)}`;
      return `${input}.${nodeSign(null, Buffer.from(input), KeyObject.from(key)).toString('base64url')}`;
    };
    const hmac = (alg: string, hash: string, key: string): string => {
      const input = `${encode({ ...header, alg })}.${encode(claims)}`;
      return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
    };
    const verify = accessTokenVerifier(createLocalJWKSet({ keys: [jwk] }), 'https://souk.test');
    const good = sign(header, claims);
    await expect(verify(good)).resolves.toMatchObject({ id: claims.sub });

    const stranger = await newKey();
    const strangersJwk = await publicJwk(stranger, 'k');
    const pem = KeyObject.from(pair.publicKey).export({ type: 'spki', format: 'pem' }).toString();
    const [head = '', body = '', signature = ''] = good.split('.');
    const text = JSON.stringify(claims);
    const corpus: Record<string, string> = {
      'no algorithm': `${encode({ ...header, alg: 'none' })}.${body}.`,
      'no algorithm, in capitals': `${encode({ ...header, alg: 'NoNe' })}.${body}.`,
      'no algorithm, signed': sign({ ...header, alg: 'none' }, claims),
      'another key': sign(header, claims, stranger.privateKey),
      'confusion: public key as HMAC secret (JWK)': hmac('HS256', 'sha256', JSON.stringify(jwk)),
      'confusion: public key as HMAC secret (raw)': hmac('HS256', 'sha256', jwk.x ?? ''),
      'confusion: public key as HMAC secret (PEM)': hmac('HS512', 'sha512', pem),
      'another algorithm named': sign({ ...header, alg: 'ES256' }, claims),
      'no algorithm named': sign({ kid: 'k', typ: 'at+jwt' }, claims),
      'its own key in the header': sign({ ...header, jwk: strangersJwk }, claims, stranger.privateKey),
      'a key by URL (jku)': sign({ ...header, jku: 'https://evil.test/jwks' }, claims, stranger.privateKey),
      'a key by URL (x5u)': sign({ ...header, x5u: 'https://evil.test/pem' }, claims, stranger.privateKey),
      'a certificate in the header': sign({ ...header, x5c: ['AAAA'] }, claims, stranger.privateKey),
      'a foreign kid': sign({ ...header, kid: 'other' }, claims),
      'a kid that is a path': sign({ ...header, kid: '../../dev/null' }, claims),
      'a kid that is SQL': sign({ ...header, kid: "' or 1=1 --" }, claims),
      'an unknown critical header': sign({ ...header, crit: ['x'], x: 1 }, claims),
      'another type': sign({ ...header, typ: 'JWT' }, claims),
      'no type': sign({ alg: 'EdDSA', kid: 'k' }, claims),
      'another issuer': sign(header, { ...claims, iss: 'https://evil.test' }),
      'an issuer with a slash more': sign(header, { ...claims, iss: 'https://souk.test/' }),
      'several issuers': sign(header, { ...claims, iss: ['https://souk.test'] }),
      'no issuer': sign(header, { ...claims, iss: undefined }),
      'another audience': sign(header, { ...claims, aud: 'elsewhere' }),
      'no audience': sign(header, { ...claims, aud: undefined }),
      expired: sign(header, { ...claims, exp: now - 60 }),
      'no expiry': sign(header, { ...claims, exp: undefined }),
      'an expiry that is text': sign(header, { ...claims, exp: String(now + 60) }),
      'not valid yet': sign(header, { ...claims, nbf: now + 600 }),
      'issued in the future': sign(header, { ...claims, iat: now + 600 }),
      'never issued': sign(header, { ...claims, iat: undefined }),
      'a subject that is no id': sign(header, { ...claims, sub: 'admin' }),
      'no subject': sign(header, { ...claims, sub: undefined }),
      'an unknown kind': sign(header, { ...claims, kind: 'service' }),
      'a version that is negative': sign(header, { ...claims, ver: -1 }),
      'permissions that are no text': sign(header, { ...claims, scope: ['order.orders.read'] }),
      'a claim twice': sign(header, `${text.slice(0, -1)},"sub":"${newId()}"}`),
      'a claim twice, the other way': sign(header, `{"scope":"order.orders.read",${text.slice(1)}`),
      'a payload that is no object': sign(header, '"text"'),
      'a payload that is no JSON': sign(header, '{'),
      'a header that is no JSON': sign('{', claims),
      'the payload exchanged': `${head}.${encode({ ...claims, sub: newId() })}.${signature}`,
      'the header exchanged': `${encode({ ...header, x: 1 })}.${body}.${signature}`,
      'the signature cut': good.slice(0, -4),
      'the signature left out': `${head}.${body}.`,
      'a part left out': `${head}.${body}`,
      'a part too many': `${good}.${signature}`,
      encrypted: `${good}.AA.AA`,
      'padding added': `${good}==`,
      'another alphabet': good.replace('.', '.+/'),
      nothing: '',
      dots: '..',
      'far too long': 'x'.repeat(5_000),
    };
    const taken: string[] = [];
    for (const [name, token] of Object.entries(corpus)) {
      try {
        await verify(token);
        taken.push(name);
      } catch (error) {
        expect({ name, error }).toMatchObject({
          error: { kind: 'unauthenticated', reason: 'TOKEN_INVALID' },
        });
      }
    }
    expect(taken).toEqual([]);
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
