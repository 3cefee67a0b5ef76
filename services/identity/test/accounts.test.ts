import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  AccountRegisteredSchema,
  RoleGrantedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { newId, systemClock } from '@souk/kernel';
import { connectKafka, on } from '@souk/messaging';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'correct horse battery staple';
let identity: TestIdentity;
let adminToken: string;

beforeAll(async () => {
  identity = await startIdentity();
  adminToken = (await identity.client.login(ADMIN)).tokens?.accessToken ?? '';
});
afterAll(() => identity.service.stop());

async function register(email: string): Promise<{ id: string; access: string; refresh: string }> {
  const { account, tokens } = await identity.client.register({ email, password: PASSWORD });
  return {
    id: account?.accountId ?? '',
    access: tokens?.accessToken ?? '',
    refresh: tokens?.refreshToken ?? '',
  };
}

async function failure(call: Promise<unknown>): Promise<{ code: string; reason: string | undefined }> {
  try {
    await call;
  } catch (error) {
    return { code: Code[ConnectError.from(error).code], reason: errorInfoOf(error)?.reason };
  }
  throw new Error('the call succeeded');
}

describe('GetAccount', () => {
  it('shows people themselves, and others only with the permission', async () => {
    const ada = await register('ada@accounts.test');
    const bob = await register('bob@accounts.test');
    const own = await identity.client.getAccount({ accountId: 'me' }, bearer(ada.access));
    expect(own.account?.accountId).toBe(ada.id);
    expect(await failure(identity.client.getAccount({ accountId: bob.id }, bearer(ada.access)))).toEqual({
      code: 'NotFound',
      reason: 'ACCOUNT_NOT_FOUND',
    });
    const seen = await identity.client.getAccount({ accountId: bob.id }, bearer(adminToken));
    expect(seen.account?.email).toBe('bob@accounts.test');
    const absent = identity.client.getAccount({ accountId: newId() }, bearer(adminToken));
    expect((await failure(absent)).reason).toBe('ACCOUNT_NOT_FOUND');
  });

  it('refuses an id that is no UUID', async () => {
    const call = identity.client.getAccount({ accountId: 'nonsense' }, bearer(adminToken));
    expect((await failure(call)).code).toBe('InvalidArgument');
  });

  it('is closed to guests and strangers', async () => {
    const guest = await identity.client.createGuest({});
    const asGuest = identity.client.getAccount({ accountId: 'me' }, bearer(guest.tokens?.accessToken));
    expect((await failure(asGuest)).code).toBe('PermissionDenied');
    expect((await failure(identity.client.getAccount({ accountId: 'me' }))).code).toBe('Unauthenticated');
  });
});

describe('roles', () => {
  it('are granted and revoked by who may, recorded, and in the next token', async () => {
    const carol = await register('carol@accounts.test');
    const grant = { accountId: carol.id, role: 'support', reason: 'joined the team' };
    expect((await failure(identity.client.grantRole(grant, bearer(carol.access)))).code).toBe(
      'PermissionDenied',
    );
    const granted = await identity.client.grantRole(grant, bearer(adminToken));
    expect(granted.account?.roles).toEqual(['shopper', 'support']);
    await identity.client.grantRole(grant, bearer(adminToken));

    const { tokens } = await identity.client.refreshToken({ refreshToken: carol.refresh });
    await identity.client.searchAccounts({}, bearer(tokens?.accessToken));

    const revoked = await identity.client.revokeRole(grant, bearer(adminToken));
    expect(revoked.account?.roles).toEqual(['shopper']);
  });

  it('refuse what would leave nobody in charge, and roles that are not there', async () => {
    const { account } = await identity.client.getAccount({ accountId: 'me' }, bearer(adminToken));
    const accountId = account?.accountId ?? '';
    const last = identity.client.revokeRole({ accountId, role: 'admin' }, bearer(adminToken));
    expect(await failure(last)).toEqual({ code: 'FailedPrecondition', reason: 'LAST_ADMIN' });
    const unknown = identity.client.grantRole({ accountId, role: 'emperor' }, bearer(adminToken));
    expect((await failure(unknown)).reason).toBe('ROLE_UNKNOWN');
  });
});

describe('SearchAccounts', () => {
  it('pages through accounts by prefix, newest first', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.push((await register(`page_${index}@accounts.test`)).id);
    await register('pageX@accounts.test');
    const found: string[] = [];
    let pageToken = '';
    do {
      const page = await identity.client.searchAccounts(
        { emailPrefix: 'PAGE_', pageSize: 2, pageToken },
        bearer(adminToken),
      );
      found.push(...page.accounts.map(({ accountId }) => accountId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(found).toEqual(made.reverse());
  });

  it('refuses a page token of another search', async () => {
    const page = await identity.client.searchAccounts({ pageSize: 1 }, bearer(adminToken));
    const call = identity.client.searchAccounts(
      { role: 'admin', pageToken: page.nextPageToken },
      bearer(adminToken),
    );
    expect((await failure(call)).code).toBe('InvalidArgument');
  });
});

describe('BatchGetContacts', () => {
  it('tells services of the mesh, and nobody else', async () => {
    const dave = await register('dave@accounts.test');
    const asOrder = identity.service.client(IdentityService, { caller: 'order' });
    const { contacts } = await asOrder.batchGetContacts({ accountIds: [dave.id, newId()] });
    expect(contacts).toHaveLength(1);
    expect(contacts[0]).toMatchObject({ accountId: dave.id, email: 'dave@accounts.test', locale: 'en-GB' });
    const asAdmin = identity.client.batchGetContacts({ accountIds: [dave.id] }, bearer(adminToken));
    expect((await failure(asAdmin)).code).toBe('PermissionDenied');
    const asCart = identity.service.client(IdentityService, { caller: 'cart' });
    expect((await failure(asCart.batchGetContacts({ accountIds: [dave.id] }))).code).toBe('PermissionDenied');
  });
});

describe('facts', () => {
  it('tell of registrations and roles, once each and in order', async () => {
    const erin = await register('erin@accounts.test');
    await identity.client.grantRole({ accountId: erin.id, role: 'merchandiser' }, bearer(adminToken));
    const host = {
      name: 'identity',
      namespace: identity.service.namespace,
      clock: systemClock,
      engines: identity.service.engines,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      onStop: () => undefined,
      healthCheck: () => undefined,
    };
    const kafka = connectKafka(host);
    const seen = await eventually(async () => {
      const facts: string[] = [];
      await kafka.readAll({
        handlers: [
          on(AccountRegisteredSchema, async ({ accountId, version }) => {
            if (accountId === erin.id) facts.push(`registered ${version}`);
          }),
          on(RoleGrantedSchema, async ({ accountId, version, role }) => {
            if (accountId === erin.id) facts.push(`${role} ${version}`);
          }),
        ],
      });
      if (facts.length < 2) throw new Error(`only ${facts.length} facts so far`);
      return facts;
    });
    expect(seen).toEqual(['registered 1', 'merchandiser 2']);
    await kafka.close();
  });
});
