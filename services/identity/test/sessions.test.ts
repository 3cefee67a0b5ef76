import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorInfoOf } from '@souk/rpc';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.service.stop());

const PASSWORD = 'correct horse battery staple';
let count = 0;
const newEmail = (): string => `shopper-${count++}@souk.test`;

async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return errorInfoOf(error)?.reason;
  }
}

describe('Register', () => {
  it('opens a session whose token verifies against the published keys', async () => {
    const { account, tokens } = await identity.client.register({
      email: 'Ada@souk.test',
      password: PASSWORD,
      displayName: 'Ada',
    });
    expect(account).toMatchObject({ email: 'Ada@souk.test', locale: 'en-GB', roles: ['shopper'] });
    const keys = createRemoteJWKSet(new URL(`${identity.service.opsUrl}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(tokens?.accessToken ?? '', keys, {
      audience: 'souk',
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: account?.accountId, kind: 'user', roles: ['shopper'], scope: '' });
    expect(protectedHeader.alg).toBe('EdDSA');
  });

  it('opens another session when it is repeated with the same password', async () => {
    const email = newEmail();
    const first = await identity.client.register({ email, password: PASSWORD });
    const again = await identity.client.register({ email: email.toUpperCase(), password: PASSWORD });
    expect(again.account?.accountId).toBe(first.account?.accountId);
    expect(again.tokens?.refreshToken).not.toBe(first.tokens?.refreshToken);
  });

  it('makes one account of many registrations at once', async () => {
    const email = newEmail();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => identity.client.register({ email, password: PASSWORD })),
    );
    expect(new Set(all.map(({ account }) => account?.accountId)).size).toBe(1);
  });

  it('refuses common passwords', async () => {
    const call = identity.client.register({ email: newEmail(), password: 'password123' });
    expect(await reasonOf(call)).toBe('PASSWORD_TOO_COMMON');
  });
});

describe('Login', () => {
  it('does not tell an unknown address from a wrong password', async () => {
    expect(await reasonOf(identity.client.login({ ...ADMIN, password: 'wrong' }))).toBe(
      'CREDENTIALS_INVALID',
    );
    await identity.client.login(ADMIN);
    const email = newEmail();
    await identity.client.register({ email, password: PASSWORD });
    expect(await reasonOf(identity.client.login({ email, password: PASSWORD }))).toBe('CREDENTIALS_INVALID');
    expect(await reasonOf(identity.client.login({ email: newEmail(), password: 'wrong' }))).toBe(
      'CREDENTIALS_INVALID',
    );
  });

  it('slows guessing down, also for the right password, known address or not', async () => {
    for (const email of [ADMIN.email, newEmail()]) {
      const reasons: (string | undefined)[] = [];
      for (let attempt = 0; attempt < 12; attempt++)
        reasons.push(await reasonOf(identity.client.login({ email, password: 'wrong' })));
      expect(reasons.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => 'CREDENTIALS_INVALID'));
      expect(reasons[11]).toBe('LOGIN_THROTTLED');
    }
    expect(await reasonOf(identity.client.login(ADMIN))).toBe('LOGIN_THROTTLED');
  });
});

describe('RefreshToken', () => {
  it('gives the next pair once; a replay ends the session', async () => {
    const { tokens } = await identity.client.register({ email: newEmail(), password: PASSWORD });
    const refreshToken = tokens?.refreshToken ?? '';
    const next = await identity.client.refreshToken({ refreshToken });
    expect(next.tokens?.refreshExpireTime).toEqual(tokens?.refreshExpireTime);
    expect(await reasonOf(identity.client.refreshToken({ refreshToken }))).toBe('REFRESH_TOKEN_INVALID');
    const descendant = next.tokens?.refreshToken ?? '';
    expect(await reasonOf(identity.client.refreshToken({ refreshToken: descendant }))).toBe(
      'REFRESH_TOKEN_INVALID',
    );
  });

  it('of two uses at once lets one through and ends the session', async () => {
    const { tokens } = await identity.client.createGuest({});
    const refreshToken = tokens?.refreshToken ?? '';
    const uses = await Promise.allSettled([1, 2].map(() => identity.client.refreshToken({ refreshToken })));
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const next = uses.find((use) => use.status === 'fulfilled')?.value.tokens?.refreshToken ?? '';
    expect(await reasonOf(identity.client.refreshToken({ refreshToken: next }))).toBe(
      'REFRESH_TOKEN_INVALID',
    );
  });

  it('keeps working over a restart, with the same key', async () => {
    const { tokens } = await identity.client.createGuest({});
    const keys = await (await fetch(`${identity.service.opsUrl}/.well-known/jwks.json`)).json();
    const other = await startIdentity({ SOUK_NAMESPACE: identity.service.namespace });
    expect(await (await fetch(`${other.service.opsUrl}/.well-known/jwks.json`)).json()).toEqual(keys);
    await other.client.refreshToken({ refreshToken: tokens?.refreshToken ?? '' });
    await other.service.stop();
  });
});

describe('Logout', () => {
  it('ends the session of the token it is called with', async () => {
    const { tokens } = await identity.client.createGuest({});
    await identity.client.logout({}, bearer(tokens?.accessToken));
    expect(await reasonOf(identity.client.refreshToken({ refreshToken: tokens?.refreshToken ?? '' }))).toBe(
      'REFRESH_TOKEN_INVALID',
    );
  });
});
