import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import pg from 'pg';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const address = { regionCode: 'GB', postalCode: 'N1 9GU', addressLines: ['1 Kettle Row'] };
let identity: TestIdentity;
let admin: ReturnType<typeof bearer>;
let ada: ReturnType<typeof bearer>;

beforeAll(async () => {
  identity = await startIdentity();
  admin = bearer((await identity.client.login(ADMIN)).tokens?.accessToken);
  ada = await person();
});
afterAll(() => identity.service.stop());

async function person(): Promise<ReturnType<typeof bearer>> {
  const email = `${newId()}@once.test`;
  const { tokens } = await identity.client.register({ email, password: 'correct horse battery staple' });
  return bearer(tokens?.accessToken);
}

async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return errorInfoOf(error)?.reason;
  }
}

/** A mutation that names its call. `tag` is part of its body and of what it makes. */
interface OnceOnly {
  readonly name: string;
  /** Something of which the answer says what was made. */
  readonly call: (requestId: string, tag: string) => Promise<unknown>;
  /** How many things were made with the tag. */
  readonly count: (tag: string) => Promise<number>;
}

const mutations: readonly OnceOnly[] = [
  {
    name: 'SaveAddress',
    call: (requestId, tag) => identity.client.saveAddress({ label: tag, address, requestId }, ada),
    count: async (tag) =>
      (await identity.client.listAddresses({}, ada)).addresses.filter(({ label }) => label === tag).length,
  },
  {
    name: 'CreateRole',
    call: (requestId, tag) =>
      identity.client.createRole({ name: tag, permissions: ['identity.accounts.read'], requestId }, admin),
    count: async (tag) =>
      (await identity.client.listRoles({}, admin)).roles.filter(({ name }) => name === tag).length,
  },
  {
    name: 'CreateServiceAccount',
    call: (requestId, tag) =>
      identity.client.createServiceAccount(
        { displayName: tag, permissions: ['identity.audit.read'], requestId },
        admin,
      ),
    count: async (tag) =>
      (await identity.client.listServiceAccounts({}, admin)).serviceAccounts.filter(
        ({ displayName }) => displayName === tag,
      ).length,
  },
];

const newTag = (): string => `t${newId().slice(-12)}`;

describe.each(mutations)('$name', ({ call, count }) => {
  it('is done once per request id and answers a repetition the same', async () => {
    const [requestId, tag] = [newId(), newTag()];
    const first = await call(requestId, tag);
    expect(await call(requestId, tag)).toEqual(first);
    expect(await count(tag)).toBe(1);
  });

  it('refuses a request id that came with another body', async () => {
    const [requestId, tag] = [newId(), newTag()];
    await call(requestId, tag);
    const other = newTag();
    expect(await reasonOf(call(requestId, other))).toBe('REQUEST_ID_REUSED');
    expect(await count(other)).toBe(0);
  });

  it('is done once by five at once', async () => {
    const [requestId, tag] = [newId(), newTag()];
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => call(requestId, tag)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(errorInfoOf(outcome.reason)?.reason).toBe('REQUEST_IN_FLIGHT');
    const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(done.length).toBeGreaterThan(0);
    const answer = await call(requestId, tag);
    for (const value of done) expect(value).toEqual(answer);
    expect(await count(tag)).toBe(1);
  });
});

describe('a request id', () => {
  it('is each caller their own', async () => {
    const [requestId, bob] = [newId(), await person()];
    const hers = await identity.client.saveAddress({ label: 'hers', address, requestId }, ada);
    const his = await identity.client.saveAddress({ label: 'his', address, requestId }, bob);
    expect(his.address?.addressId).not.toBe(hers.address?.addressId);
  });

  it('of a refused call is free again', async () => {
    const [requestId, name] = [newId(), newTag()];
    const role = { name, permissions: ['identity.accounts.read'] };
    await identity.client.createRole(role, admin);
    expect(await reasonOf(identity.client.createRole({ ...role, requestId }, admin))).toBe('ROLE_EXISTS');
    await identity.client.deleteRole({ name }, admin);
    await identity.client.createRole({ ...role, requestId }, admin);
    await identity.client.deleteRole({ name }, admin);
    // It was done; that the role is gone since does not matter.
    await identity.client.createRole({ ...role, requestId }, admin);
    expect((await identity.client.listRoles({}, admin)).roles.some((each) => each.name === name)).toBe(false);
  });

  it('leaves nothing personal and no secret in the log of requests', async () => {
    const requestId = newId();
    await identity.client.saveAddress({ label: 'at the canary', address, requestId }, ada);
    const { serviceAccount } = await identity.client.createServiceAccount(
      { displayName: 'canary', permissions: ['identity.audit.read'], requestId: newId() },
      admin,
    );
    const { secret } = await identity.client.createApiKey(
      { serviceAccountId: serviceAccount?.serviceAccountId ?? '', displayName: 'key' },
      admin,
    );
    const database = new pg.Client(databaseUrl());
    await database.connect();
    const { rows } = await database.query<{ whole: string }>(
      `select encode(coalesce(response, ''), 'escape') || scope || fingerprint as whole from request_log`,
    );
    await database.end();
    expect(rows.length).toBeGreaterThan(0);
    const log = rows.map(({ whole }) => whole).join('\n');
    for (const told of ['canary', 'Kettle', secret]) expect(log).not.toContain(told);
  });
});

function databaseUrl(): string {
  const url = new URL(identity.service.engines.postgres);
  url.pathname = `/${identity.service.namespace}_identity`;
  return url.href;
}
