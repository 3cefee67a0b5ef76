import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

let identity: TestIdentity;
beforeAll(async () => {
  // Short, but longer than a service keeps a key set that lacks a key.
  identity = await startIdentity({ SOUK_IDENTITY_KEY_OVERLAP_S: '3' });
});
afterAll(() => identity.service.stop());

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const wellKnown = async (path: string): Promise<unknown> =>
  (await fetch(`${identity.service.opsUrl}/.well-known/${path}`)).json();
const kidOf = (token: string | undefined): string => decodeProtectedHeader(token ?? '').kid ?? '';

async function adminToken(): Promise<string> {
  return (await identity.client.login(ADMIN)).tokens?.accessToken ?? '';
}

describe('the rotation of keys', () => {
  it('refuses nobody under load, whoever verifies', async () => {
    const admin = await adminToken();
    const before = kidOf(admin);
    let running = true;
    let calls = 0;
    const signers = new Set<string>();
    const shopper = async (): Promise<void> => {
      const { tokens } = await identity.client.createGuest({});
      let current = tokens;
      while (running) {
        ({ tokens: current } = await identity.client.refreshToken({
          refreshToken: current?.refreshToken ?? '',
        }));
        signers.add(kidOf(current?.accessToken));
        // Not allowed, but known: only a token that was verified gets so far.
        const call = identity.client.getAccount({ accountId: 'me' }, bearer(current?.accessToken));
        await expect(call.catch((error: unknown) => errorInfoOf(error)?.reason)).resolves.toBe(
          'PERMISSION_MISSING',
        );
        calls += 1;
      }
    };
    const shoppers = Promise.all([1, 2, 3, 4].map(shopper));
    const { signingKey } = await identity.client.rotateSigningKey({}, bearer(admin));
    const next = signingKey?.keyId ?? '';
    expect(next).not.toBe(before);
    await eventually(() => expect([...signers]).toEqual([before, next]));
    running = false;
    await shoppers;
    expect(calls).toBeGreaterThan(4);
    // Tokens of the key before still hold.
    await identity.client.getAccount({ accountId: 'me' }, bearer(admin));
  });

  it('publishes a key before it signs, and makes no second one meanwhile', async () => {
    const admin = await adminToken();
    const first = await identity.client.rotateSigningKey({}, bearer(admin));
    const again = await identity.client.rotateSigningKey({}, bearer(admin));
    expect(again.signingKey?.keyId).toBe(first.signingKey?.keyId);
    const { keys } = keySet.parse(await wellKnown('jwks.json'));
    expect(keys.map(({ kid }) => kid)).toContain(first.signingKey?.keyId);
    expect(keys.some((key) => 'd' in key)).toBe(false);
    expect(kidOf(await adminToken())).not.toBe(first.signingKey?.keyId);
    const { signingKeys } = await identity.client.listSigningKeys({}, bearer(admin));
    expect(signingKeys.filter(({ expireTime }) => expireTime === undefined)).toHaveLength(1);
  });

  it('is the business of who holds the permission', async () => {
    const { tokens } = await identity.client.register({
      email: 'nobody@keys.test',
      password: 'correct horse battery staple',
    });
    const call = identity.client.rotateSigningKey({}, bearer(tokens?.accessToken));
    await expect(call).rejects.toThrow(/identity.signing_keys.rotate/);
  });
});

describe('the discovery document', () => {
  it('names the issuer of tokens and where its keys are', async () => {
    await expect(wellKnown('openid-configuration')).resolves.toMatchObject({
      issuer: identity.issuer,
      jwks_uri: `${identity.issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['EdDSA'],
    });
  });
});
