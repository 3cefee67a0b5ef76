import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { newId } from '@souk/kernel';
import { implement } from '@souk/rpc';
import { defineService } from '@souk/service';
import { createMeshKeys, eventually, startTestService, type TestService } from '@souk/testing';
import { z } from 'zod';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'correct horse battery staple';
/** What guarantee S3 allows. */
const SOON = { withinMs: 5_000 };

let identity: TestIdentity;
let mesh: Record<string, string>;
let meshKey: (service: string) => string;
let review: TestService;

/** Another service of the mesh: it knows of identity what every service knows. */
function startReview(env: Record<string, string> = {}): Promise<TestService> {
  const service = defineService({
    name: 'review',
    config: z.object({}),
    start: async () => ({ rpc: [implement(ReviewService, { createReview: () => ({}) })] }),
  });
  return startTestService(service, {
    env: {
      ...mesh,
      SOUK_MESH_KEY: meshKey('review'),
      SOUK_JWKS_URL: `${identity.service.opsUrl}/.well-known/jwks.json`,
      SOUK_ISSUER: identity.issuer,
      SOUK_IDENTITY_ADDRESS: identity.service.address,
      ...env,
    },
  });
}

beforeAll(async () => {
  const keys = await createMeshKeys(['identity', 'review', 'test']);
  meshKey = keys.privateKey;
  mesh = { SOUK_MESH_JWKS: keys.publicKeys };
  identity = await startIdentity({ ...mesh, SOUK_MESH_KEY: meshKey('identity') });
  review = await startReview();
});
afterAll(async () => {
  await review.stop();
  await identity.service.stop();
});

interface SignedIn {
  readonly id: string;
  readonly email: string;
  readonly access: string;
  readonly refresh: string;
}

async function signUp(): Promise<SignedIn> {
  const email = `${newId()}@access.test`;
  const { account, tokens } = await identity.client.register({ email, password: PASSWORD });
  return {
    id: account?.accountId ?? '',
    email,
    access: tokens?.accessToken ?? '',
    refresh: tokens?.refreshToken ?? '',
  };
}

/** What the other service says to a token: the request is not valid, so one that is let in is told that. */
async function verdict(access: string | undefined, service = review): Promise<string> {
  try {
    await service.client(ReviewService).createReview({}, bearer(access));
  } catch (error) {
    const { code } = ConnectError.from(error);
    return code === Code.InvalidArgument ? 'let in' : Code[code];
  }
  throw new Error('an empty review was taken');
}

const isOver = (access: string): Promise<void> =>
  eventually(async () => expect(await verdict(access)).toBe('Unauthenticated'), SOON);
const adminToken = async (): Promise<string> =>
  (await identity.client.login(ADMIN)).tokens?.accessToken ?? '';

describe('access ends in every service (medusa#7236)', () => {
  it('after logout, of that session alone', async () => {
    const ada = await signUp();
    const other = await identity.client.register({ email: ada.email, password: PASSWORD });
    expect(await verdict(ada.access)).toBe('let in');
    await identity.client.logout({}, bearer(ada.access));
    await isOver(ada.access);
    expect(await verdict(other.tokens?.accessToken)).toBe('let in');
  });

  it('after the session was revoked from another device, which lists it', async () => {
    const ada = await signUp();
    const { tokens } = await identity.client.register({ email: ada.email, password: PASSWORD });
    const { sessions } = await identity.client.listSessions({}, bearer(tokens?.accessToken));
    expect(sessions.map(({ current }) => current)).toEqual([true, false]);
    const sessionId = sessions[1]?.sessionId ?? '';
    await identity.client.revokeSession({ sessionId }, bearer(tokens?.accessToken));
    await isOver(ada.access);
    const left = await identity.client.listSessions({}, bearer(tokens?.accessToken));
    expect(left.sessions).toHaveLength(1);
  });

  it('after logout everywhere', async () => {
    const ada = await signUp();
    const { tokens } = await identity.client.register({ email: ada.email, password: PASSWORD });
    const others = await identity.client.logoutEverywhere({ keepCurrent: true }, bearer(tokens?.accessToken));
    expect(others.ended).toBe(1);
    await isOver(ada.access);
    expect(await verdict(tokens?.accessToken)).toBe('let in');
    await identity.client.logoutEverywhere({}, bearer(tokens?.accessToken));
    await isOver(tokens?.accessToken ?? '');
  });

  it('after the password was changed, except for the session that this opens', async () => {
    const ada = await signUp();
    const change = { currentPassword: PASSWORD, newPassword: 'another horse, another staple' };
    const { tokens } = await identity.client.changePassword(change, bearer(ada.access));
    await isOver(ada.access);
    expect(await verdict(tokens?.accessToken)).toBe('let in');
    await expect(identity.client.refreshToken({ refreshToken: ada.refresh })).rejects.toThrow();
  });

  it('after a role was granted: the next token has it', async () => {
    const ada = await signUp();
    const admin = await adminToken();
    await identity.client.grantRole({ accountId: ada.id, role: 'support' }, bearer(admin));
    await isOver(ada.access);
    const { tokens } = await identity.client.refreshToken({ refreshToken: ada.refresh });
    expect(await verdict(tokens?.accessToken)).toBe('let in');
    await identity.client.revokeRole({ accountId: ada.id, role: 'support' }, bearer(admin));
    await isOver(tokens?.accessToken ?? '');
  });

  it('after the account was locked or deleted', async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    await identity.client.lockAccount({ accountId: ada.id, reason: 'test' }, bearer(await adminToken()));
    await isOver(ada.access);
    await expect(identity.client.refreshToken({ refreshToken: ada.refresh })).rejects.toThrow();
    await identity.client.deleteAccount({ accountId: 'me', password: PASSWORD }, bearer(bob.access));
    await isOver(bob.access);
  });

  it('after a refresh token was used twice: the family dies', async () => {
    const ada = await signUp();
    const { tokens } = await identity.client.refreshToken({ refreshToken: ada.refresh });
    await expect(identity.client.refreshToken({ refreshToken: ada.refresh })).rejects.toThrow();
    await isOver(ada.access);
    await isOver(tokens?.accessToken ?? '');
  });

  it('also in a service that starts later', async () => {
    const ada = await signUp();
    await identity.client.logout({}, bearer(ada.access));
    const later = await startReview();
    await eventually(async () => expect(await verdict(ada.access, later)).toBe('Unauthenticated'), SOON);
    await later.stop();
  });
});

describe('without identity', () => {
  it('shoppers go on, privileged tokens are refused after a while', async () => {
    const ada = await signUp();
    const admin = await adminToken();
    const review = await startReview({ SOUK_REVOCATION_GRACE_S: '1', SOUK_IDENTITY_ADDRESS: '127.0.0.1:1' });
    await eventually(async () => expect(await verdict(admin, review)).toBe('Unavailable'));
    expect(await verdict(ada.access, review)).toBe('let in');
    await review.stop();
  });
});
