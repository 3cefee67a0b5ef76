import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import pg from 'pg';
import { z } from 'zod';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'correct horse battery staple';
let identity: TestIdentity;
let admin: ReturnType<typeof bearer>;

beforeAll(async () => {
  identity = await startIdentity();
  admin = bearer((await identity.client.login(ADMIN)).tokens?.accessToken);
});
afterAll(() => identity.service.stop());

async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return errorInfoOf(error)?.reason;
  }
}

interface Person {
  readonly id: string;
  readonly as: ReturnType<typeof bearer>;
  readonly refresh: () => Promise<ReturnType<typeof bearer>>;
}

async function person(): Promise<Person> {
  const email = `${newId()}@admin.test`;
  const { account, tokens } = await identity.client.register({ email, password: PASSWORD });
  let refreshToken = tokens?.refreshToken ?? '';
  return {
    id: account?.accountId ?? '',
    as: bearer(tokens?.accessToken),
    refresh: async () => {
      const next = await identity.client.refreshToken({ refreshToken });
      refreshToken = next.tokens?.refreshToken ?? '';
      return bearer(next.tokens?.accessToken);
    },
  };
}

describe('custom roles', () => {
  it('give what they say, to who holds them, as long as they do', async () => {
    const ada = await person();
    expect(await reasonOf(identity.client.searchAccounts({}, ada.as))).toBe('PERMISSION_MISSING');
    const { role } = await identity.client.createRole(
      { name: 'auditor', description: 'reads', permissions: ['identity.accounts.read'] },
      admin,
    );
    await identity.client.grantRole({ accountId: ada.id, role: 'auditor' }, admin);
    const auditor = await ada.refresh();
    await identity.client.searchAccounts({}, auditor);

    // A change reaches the holders: the token with the old permissions ends.
    const change = { name: 'auditor', description: 'reads', permissions: ['identity.audit.read'] };
    await identity.client.updateRole({ ...change, etag: role?.etag ?? '' }, admin);
    await eventually(async () =>
      expect(await reasonOf(identity.client.searchAccounts({}, auditor))).toBe('TOKEN_INVALID'),
    );
    const changed = await ada.refresh();
    expect(await reasonOf(identity.client.searchAccounts({}, changed))).toBe('PERMISSION_MISSING');
    await identity.client.listAuditEntries({}, changed);

    expect(await reasonOf(identity.client.updateRole({ ...change, etag: role?.etag ?? '' }, admin))).toBe(
      'ETAG_MISMATCH',
    );
    expect(await reasonOf(identity.client.deleteRole({ name: 'auditor' }, admin))).toBe('ROLE_IN_USE');
    await identity.client.revokeRole({ accountId: ada.id, role: 'auditor' }, admin);
    await identity.client.deleteRole({ name: 'auditor' }, admin);
    const { roles } = await identity.client.listRoles({}, admin);
    expect(roles.map(({ name }) => name).sort()).toEqual(['admin', 'merchandiser', 'shopper', 'support']);
  });

  it('are refused when they are known, unknown, built in, or give what nobody has', async () => {
    const role = { name: 'clerk', permissions: ['identity.accounts.read'] };
    await identity.client.createRole(role, admin);
    expect(await reasonOf(identity.client.createRole(role, admin))).toBe('ROLE_EXISTS');
    expect(await reasonOf(identity.client.createRole({ ...role, name: 'admin' }, admin))).toBe('ROLE_EXISTS');
    const unknown = { name: 'nothing', permissions: ['nothing.at.all'] };
    expect(await reasonOf(identity.client.createRole(unknown, admin))).toBe('PERMISSION_UNKNOWN');
    const absent = { name: 'absent', etag: '"1"', permissions: [] };
    expect(await reasonOf(identity.client.deleteRole({ name: 'absent' }, admin))).toBe('ROLE_UNKNOWN');
    expect(await reasonOf(identity.client.deleteRole({ name: 'support' }, admin))).toBe('ROLE_BUILT_IN');
    const { roles } = await identity.client.listRoles({}, admin);
    const etag = roles.find(({ name }) => name === 'clerk')?.etag ?? '';
    expect(await reasonOf(identity.client.updateRole({ ...absent, etag }, admin))).toBe('ROLE_UNKNOWN');
    expect(await reasonOf(identity.client.updateRole({ ...absent, name: 'support', etag }, admin))).toBe(
      'ROLE_BUILT_IN',
    );
    const { permissions } = await identity.client.listPermissions({}, admin);
    expect(permissions).toContain('identity.accounts.read');
  });

  it('cannot raise those who give them', async () => {
    const ada = await person();
    const permissions = ['identity.roles.assign', 'identity.roles.write'];
    await identity.client.createRole({ name: 'role-keeper', permissions }, admin);
    await identity.client.grantRole({ accountId: ada.id, role: 'role-keeper' }, admin);
    const keeper = await ada.refresh();
    const raise = identity.client.grantRole({ accountId: ada.id, role: 'admin' }, keeper);
    expect(await reasonOf(raise)).toBe('PERMISSION_NOT_HELD');
    const more = { name: 'more', permissions: ['identity.audit.read'] };
    expect(await reasonOf(identity.client.createRole(more, keeper))).toBe('PERMISSION_NOT_HELD');
  });
});

describe('service accounts', () => {
  const scopes = ['identity.accounts.read', 'identity.audit.read'];
  const newKey = async (): Promise<{ id: string; serviceAccountId: string; secret: string }> => {
    const { serviceAccount } = await identity.client.createServiceAccount(
      { displayName: 'warehouse', permissions: scopes },
      admin,
    );
    const serviceAccountId = serviceAccount?.serviceAccountId ?? '';
    const { apiKey, secret } = await identity.client.createApiKey(
      { serviceAccountId, displayName: 'nightly import' },
      admin,
    );
    return { id: apiKey?.apiKeyId ?? '', serviceAccountId, secret };
  };

  it('act with their keys, within their scopes, until the key is revoked', async () => {
    const key = await newKey();
    const narrow = await identity.client.exchangeApiKey({
      secret: key.secret,
      scopes: ['identity.audit.read'],
    });
    const { accessToken } = await identity.client.exchangeApiKey({ secret: key.secret });
    const machine = bearer(accessToken);
    await identity.client.searchAccounts({}, machine);
    expect(await reasonOf(identity.client.searchAccounts({}, bearer(narrow.accessToken)))).toBe(
      'PERMISSION_MISSING',
    );
    // What is for people is not for programs.
    expect(await reasonOf(identity.client.listSessions({}, machine))).toBe('PERMISSION_MISSING');
    const { apiKeys } = await identity.client.listApiKeys({ serviceAccountId: key.serviceAccountId }, admin);
    expect(apiKeys).toMatchObject([{ apiKeyId: key.id, scopes, useTime: expect.anything() }]);
    expect(
      JSON.stringify(apiKeys, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toContain(key.secret);

    await identity.client.revokeApiKey({ apiKeyId: key.id }, admin);
    expect(await reasonOf(identity.client.exchangeApiKey({ secret: key.secret }))).toBe('API_KEY_INVALID');
    await eventually(async () =>
      expect(await reasonOf(identity.client.searchAccounts({}, machine))).toBe('TOKEN_INVALID'),
    );
  });

  it('are gone with their keys and tokens when they are deleted', async () => {
    const key = await newKey();
    const { accessToken } = await identity.client.exchangeApiKey({ secret: key.secret });
    const { serviceAccountId } = key;
    await identity.client.deleteServiceAccount({ serviceAccountId }, admin);
    await eventually(async () =>
      expect(await reasonOf(identity.client.searchAccounts({}, bearer(accessToken)))).toBe('TOKEN_INVALID'),
    );
    expect(await reasonOf(identity.client.exchangeApiKey({ secret: key.secret }))).toBe('API_KEY_INVALID');
    const gone = 'SERVICE_ACCOUNT_NOT_FOUND';
    expect(await reasonOf(identity.client.deleteServiceAccount({ serviceAccountId }, admin))).toBe(gone);
    expect(await reasonOf(identity.client.listApiKeys({ serviceAccountId }, admin))).toBe(gone);
    const add = identity.client.createApiKey({ serviceAccountId, displayName: 'late' }, admin);
    expect(await reasonOf(add)).toBe(gone);
    const { serviceAccounts } = await identity.client.listServiceAccounts({}, admin);
    expect(serviceAccounts.map((each) => each.serviceAccountId)).not.toContain(serviceAccountId);
  });

  it('refuse keys that could do more, or end at the wrong time, and keys that are none', async () => {
    const { serviceAccountId, secret } = await newKey();
    const key = { serviceAccountId, displayName: 'key' };
    const more = identity.client.createApiKey({ ...key, scopes: ['order.orders.read'] }, admin);
    expect(await reasonOf(more)).toBe('SCOPE_NOT_ALLOWED');
    const past = identity.client.createApiKey({ ...key, expireTime: timestampFromDate(new Date(0)) }, admin);
    expect(await reasonOf(past)).toBe('EXPIRE_TIME_INVALID');
    const beyond = identity.client.exchangeApiKey({ secret, scopes: ['order.orders.read'] });
    expect(await reasonOf(beyond)).toBe('SCOPE_NOT_ALLOWED');
    expect(await reasonOf(identity.client.exchangeApiKey({ secret: `${secret}x` }))).toBe('API_KEY_INVALID');
    expect(await reasonOf(identity.client.revokeApiKey({ apiKeyId: newId() }, admin))).toBe(
      'API_KEY_NOT_FOUND',
    );
  });

  it('get their tokens over OAuth with a client that is not ours', async () => {
    const key = await newKey();
    const discovered = await fetch(`${identity.service.opsUrl}/.well-known/openid-configuration`);
    const metadata: oauth.ServerMetadata = {
      ...z.looseObject({ issuer: z.string() }).parse(await discovered.json()),
      // The public address is the edge's; here is none.
      token_endpoint: `${identity.service.opsUrl}/oauth2/token`,
    };
    for (const authentication of [oauth.ClientSecretBasic(key.secret), oauth.ClientSecretPost(key.secret)]) {
      const config = new oauth.Configuration(metadata, key.id, key.secret, authentication);
      overPlainHttp(config);
      const granted = await oauth.clientCredentialsGrant(config, { scope: 'identity.accounts.read' });
      expect(granted.scope).toBe('identity.accounts.read');
      expect(decodeJwt(granted.access_token)).toMatchObject({
        sub: key.serviceAccountId,
        kind: 'machine',
        scope: 'identity.accounts.read',
      });
      await identity.client.searchAccounts({}, bearer(granted.access_token));
      await expect(
        oauth.clientCredentialsGrant(config, { scope: 'order.orders.read' }),
      ).rejects.toMatchObject({ error: 'invalid_scope' });
    }
    const stranger = new oauth.Configuration(metadata, newId(), key.secret);
    overPlainHttp(stranger);
    await expect(oauth.clientCredentialsGrant(stranger)).rejects.toMatchObject({ status: 401 });
    const raw = (body: string): Promise<Response> =>
      fetch(`${identity.service.opsUrl}/oauth2/token`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect(await (await raw('grant_type=password')).json()).toEqual({ error: 'unsupported_grant_type' });
    expect(await (await raw('grant_type=a&grant_type=b')).json()).toEqual({ error: 'invalid_request' });
    expect((await raw('grant_type=client_credentials')).status).toBe(401);
    expect((await raw('x'.repeat(10_000))).status).toBe(400);
  });
});

describe('the audit log', () => {
  it('tells who did what to whom, and shows that it was tampered with', async () => {
    const ada = await person();
    const grant = { accountId: ada.id, role: 'support', reason: 'joined' };
    await identity.client.grantRole(grant, admin);
    await identity.client.revokeRole(grant, admin);
    const { entries } = await identity.client.listAuditEntries({ subjectId: ada.id }, admin);
    expect(entries.map(({ action }) => action)).toEqual([
      'role.revoked',
      'role.granted',
      'account.registered',
    ]);
    expect(entries[1]?.detail).toEqual({ role: 'support', reason: 'joined' });
    expect(JSON.stringify(entries, (_, value) => String(value))).not.toContain('@admin.test');

    const pages: bigint[] = [];
    let pageToken = '';
    do {
      const page = await identity.client.listAuditEntries({ pageSize: 7, pageToken }, admin);
      pages.push(...page.entries.map(({ sequence }) => sequence));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages).toEqual([...pages].sort((a, b) => Number(b - a)));
    expect(pages.at(-1)).toBe(1n);

    const verified = await identity.client.verifyAuditLog({}, admin);
    expect(verified).toMatchObject({ intact: true, verifiedEntries: pages[0] });

    const database = new pg.Client(databaseUrl());
    await database.connect();
    const alter = `update audit_log set actor_id = 'somebody else' where sequence = 2`;
    await expect(database.query(alter)).rejects.toThrow(/append-only/);
    await database.query('alter table audit_log disable trigger all');
    await database.query(alter);
    await database.end();
    expect(await identity.client.verifyAuditLog({}, admin)).toMatchObject({
      intact: false,
      verifiedEntries: 1n,
      brokenSequence: 2n,
    });
  });
});

function overPlainHttp(config: oauth.Configuration): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; there is no TLS on the ops port
  oauth.allowInsecureRequests(config);
}

function databaseUrl(): string {
  const url = new URL(identity.service.engines.postgres);
  url.pathname = `/${identity.service.namespace}_identity`;
  return url.href;
}
