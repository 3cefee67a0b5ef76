import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { newId } from '@souk/kernel';
import { z } from 'zod';
import { readPlatform } from '../../support/platform.ts';
import { rest, restOk } from '../../support/rest.ts';

/** Somebody who calls the edge. */
export interface Person {
  readonly name: string;
  readonly kind: 'anonymous' | 'guest' | 'user';
  /** The access token of the moment; undefined for nobody in particular. */
  token(): string | undefined;
  /** What the token says its holder may do. */
  permissions(): ReadonlySet<string>;
  /** Opens a session again; a call may have ended the last. */
  renew(): Promise<void>;
}

/** Nobody in particular. */
export const anonymous: Person = {
  name: 'anonymous',
  kind: 'anonymous',
  token: () => undefined,
  permissions: () => new Set(),
  renew: () => Promise.resolve(),
};

const session = z.object({ tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }) });
const registration = session.extend({ account: z.object({ accountId: z.string() }) });

/** A registered account that attacks made. */
export interface Account extends Person {
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
}

/** How long signing in waits for identity's throttle, which other attacks have set off, in milliseconds. */
const THROTTLE_MS = 120_000;

let administratorsToken: Promise<string> | undefined;

/** The administrator's token; all attacks share one session. */
function adminToken(): Promise<string> {
  administratorsToken ??= signIn(readPlatform().admin);
  return administratorsToken;
}

async function signIn({ email, password }: { email: string; password: string }): Promise<string> {
  return session.parse(await patiently('/v1/sessions', { email, password })).tokens.accessToken;
}

async function patiently(path: string, body: object): Promise<unknown> {
  const until = Date.now() + THROTTLE_MS;
  for (;;) {
    const reply = await rest('POST', path, { body });
    if (reply.status === 200) return reply.json();
    if (reply.status !== 429 || Date.now() > until) throw new Error(`${path}: ${reply.text}`);
    await sleep(1_000);
  }
}

/** A new guest. */
export function newGuest(): Promise<Person> {
  return person('guest', 'guest', async () => {
    return (await restOk(session, 'POST', '/v1/guests', { body: {} })).tokens.accessToken;
  });
}

/** A new registered account, with further roles if any are named. */
export async function newAccount(name: string, roles: readonly string[] = []): Promise<Account> {
  const who = { email: `${name}-${newId()}@example.com`, password: `battery staple ${newId()}` };
  // Signing in takes a confirmed address; registering again opens a session without one.
  const register = async (): Promise<z.infer<typeof registration>> =>
    registration.parse(await patiently('/v1/accounts', { ...who, displayName: name }));
  const { accountId } = (await register()).account;
  if (roles.length > 0) {
    const token = await adminToken();
    for (const role of roles) {
      await restOk(z.unknown(), 'POST', `/v1/accounts/${accountId}/roles:grant`, { token, body: { role } });
    }
  }
  const open = async (): Promise<string> => (await register()).tokens.accessToken;
  return { ...(await person(name, 'user', open)), ...who, accountId };
}

/** The platform's first administrator. */
export function administrator(): Promise<Person> {
  let isFirst = true;
  return person('admin', 'user', () => {
    if (!isFirst) administratorsToken = undefined;
    isFirst = false;
    return adminToken();
  });
}

async function person(name: string, kind: Person['kind'], open: () => Promise<string>): Promise<Person> {
  let token = await open();
  return {
    name,
    kind,
    token: () => token,
    permissions: () => new Set(scopeOf(token)),
    async renew() {
      token = await open();
    },
  };
}

function scopeOf(token: string): string[] {
  const scope: unknown = decodeJwt(token)['scope'];
  return typeof scope === 'string' && scope !== '' ? scope.split(' ') : [];
}
