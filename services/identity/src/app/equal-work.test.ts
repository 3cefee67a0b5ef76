import { describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import type { Account } from '../domain/account.ts';
import { login } from './login.ts';
import type { Credentials, IdentityPorts } from './ports.ts';
import { register } from './register.ts';

const device = { userAgent: '', address: '' };
const account: Account = {
  id: newId(),
  email: 'ada@work.test',
  emailConfirmTime: new Date(0),
  lockTime: undefined,
  displayName: '',
  locale: 'en-GB',
  roles: ['shopper'],
  version: 1n,
  createTime: new Date(0),
};
const credentials: Credentials = { account, passwordHash: 'right' };

/** Ports that count what is expensive. `confirmed` and `unconfirmed` are the accounts with the address. */
function rig(known: { confirmed?: Credentials; unconfirmed?: Credentials }): {
  ports: IdentityPorts;
  work: string[];
} {
  const work: string[] = [];
  const refuse = (): never => {
    throw new Error('not expected here');
  };
  const ports: IdentityPorts = {
    accounts: {
      insert: async () => true,
      findByEmail: async () => known.confirmed,
      findUnconfirmed: async () => known.unconfirmed,
      findById: refuse,
      findCredentials: refuse,
      findMany: refuse,
      search: refuse,
      change: refuse,
      replacePasswordHash: refuse,
      findForgotten: refuse,
    },
    sessions: {
      open: async () => true,
      rotate: refuse,
      end: refuse,
      endAll: refuse,
      belongs: refuse,
      listOpen: refuse,
      knowsPlace: async () => false,
      forgetExpired: refuse,
    },
    mails: { ask: refuse, findUsable: refuse, forgetExpired: refuse },
    mailTokens: { mint: refuse, read: refuse },
    keys: { published: refuse, rotate: refuse },
    roles: {
      list: refuse,
      find: refuse,
      permissionsOf: refuse,
      create: refuse,
      update: refuse,
      delete: refuse,
    },
    serviceAccounts: {
      create: refuse,
      list: refuse,
      find: refuse,
      delete: refuse,
      addKey: refuse,
      listKeys: refuse,
      revokeKey: refuse,
      findByHash: refuse,
      noteUse: refuse,
    },
    apiKeySecrets: { mint: refuse, hashOf: refuse },
    secondFactors: {
      find: refuse,
      begin: refuse,
      confirm: refuse,
      use: refuse,
      replaceCodes: refuse,
      remove: refuse,
    },
    addresses: { list: refuse, save: refuse, delete: refuse },
    auditLog: { search: refuse, verify: refuse },
    catalogue: new Set(),
    passwords: {
      hash: async () => {
        work.push('hash');
        return 'hash';
      },
      verify: async (hash, password) => {
        work.push('verify');
        return { ok: hash === password, outdated: false };
      },
    },
    tokens: {
      accessToken: async () => ({ token: 't', expireTime: new Date(0) }),
      refreshToken: () => ({ secret: 's', hash: Buffer.of() }),
      hashOf: () => Buffer.of(),
      sessionExpireTime: () => new Date(0),
    },
    throttle: { attempt: async () => 0, succeeded: async () => undefined },
    clock: { now: () => new Date(0) },
  };
  return { ports, work };
}

describe('the work done does not tell accounts apart (S4):', () => {
  it('registering costs the same for free, taken and unconfirmed addresses', async () => {
    const registration = { email: account.email, password: 'a long password', displayName: '', locale: 'en' };
    for (const known of [{}, { confirmed: credentials }, { unconfirmed: credentials }]) {
      const { ports, work } = rig(known);
      await register(ports, registration, device);
      expect(work).toEqual(['verify', 'hash']);
    }
    const again = rig({ unconfirmed: { account, passwordHash: registration.password } });
    await register(again.ports, registration, device);
    expect(again.work).toEqual(['verify', 'hash']);
  });

  it('signing in costs the same for known, unknown and unconfirmed addresses', async () => {
    for (const known of [{}, { confirmed: credentials }, { unconfirmed: credentials }]) {
      const { ports, work } = rig(known);
      await expect(login(ports, account.email, 'wrong', '', device)).rejects.toMatchObject({
        reason: 'CREDENTIALS_INVALID',
      });
      expect(work).toEqual(['verify']);
    }
  });
});
