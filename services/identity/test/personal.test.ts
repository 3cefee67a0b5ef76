import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { generate } from 'otplib';
import { ADMIN, bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'correct horse battery staple';
let identity: TestIdentity;

beforeAll(async () => {
  identity = await startIdentity();
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

async function person(): Promise<ReturnType<typeof bearer>> {
  const { tokens } = await identity.client.register({ email: `${newId()}@me.test`, password: PASSWORD });
  return bearer(tokens?.accessToken);
}

describe('a second factor', () => {
  it('is asked for at login, and each code works once', async () => {
    const admin = bearer((await identity.client.login(ADMIN)).tokens?.accessToken);
    expect(await reasonOf(identity.client.beginTotp({ password: 'wrong' }, admin))).toBe(
      'CREDENTIALS_INVALID',
    );
    expect(await reasonOf(identity.client.confirmTotp({ code: '000000' }, admin))).toBe(
      'SECOND_FACTOR_NOT_ENABLED',
    );
    const { secret, otpauthUri } = await identity.client.beginTotp({ password: ADMIN.password }, admin);
    expect(otpauthUri).toContain('otpauth://totp/');
    // Not required before it was confirmed.
    await identity.client.login(ADMIN);
    const current = await generate({ secret });
    const wrong = current === '000000' ? '000001' : '000000';
    expect(await reasonOf(identity.client.confirmTotp({ code: wrong }, admin))).toBe('SECOND_FACTOR_INVALID');
    const { recoveryCodes } = await identity.client.confirmTotp({ code: current }, admin);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await reasonOf(identity.client.beginTotp({ password: ADMIN.password }, admin))).toBe(
      'SECOND_FACTOR_ENABLED',
    );
    expect(await reasonOf(identity.client.confirmTotp({ code: current }, admin))).toBe(
      'SECOND_FACTOR_ENABLED',
    );

    const attempt = (secondFactorCode: string): Promise<string | undefined> =>
      reasonOf(identity.client.login({ ...ADMIN, secondFactorCode }));
    expect(await attempt('')).toBe('SECOND_FACTOR_REQUIRED');
    expect(await attempt(current)).toBe('SECOND_FACTOR_INVALID');
    const next = await generate({ secret, epoch: Math.floor(Date.now() / 1_000) + 30 });
    const outcomes = await Promise.all([attempt(next), attempt(next)]);
    expect(outcomes.sort()).toEqual(['SECOND_FACTOR_INVALID', undefined]);

    const [first = '', second = '', third = ''] = recoveryCodes;
    expect(await attempt(first.toUpperCase())).toBeUndefined();
    expect(await attempt(first)).toBe('SECOND_FACTOR_INVALID');
    const renewed = await identity.client.regenerateRecoveryCodes({ code: second }, admin);
    expect(await attempt(third)).toBe('SECOND_FACTOR_INVALID');
    const [fourth = ''] = renewed.recoveryCodes;
    const remove = (code: string): Promise<string | undefined> =>
      reasonOf(identity.client.removeTotp({ password: ADMIN.password, code }, admin));
    expect(await remove('nonsense')).toBe('SECOND_FACTOR_INVALID');
    expect(await remove(fourth)).toBeUndefined();
    expect(await remove(fourth)).toBe('SECOND_FACTOR_NOT_ENABLED');
    expect(await attempt('')).toBeUndefined();
    const again = identity.client.regenerateRecoveryCodes({ code: third }, admin);
    expect(await reasonOf(again)).toBe('SECOND_FACTOR_NOT_ENABLED');
  });

  it('is not guessed with a known password', async () => {
    const admin = bearer((await identity.client.login(ADMIN)).tokens?.accessToken);
    const { secret } = await identity.client.beginTotp({ password: ADMIN.password }, admin);
    const { recoveryCodes } = await identity.client.confirmTotp(
      { code: await generate({ secret, epoch: Math.floor(Date.now() / 1_000) - 30 }) },
      admin,
    );
    const reasons = new Set<string | undefined>();
    for (let guess = 0; guess < 12; guess++)
      reasons.add(await reasonOf(identity.client.login({ ...ADMIN, secondFactorCode: 'zzzzzzzzzz' })));
    expect([...reasons]).toEqual(['SECOND_FACTOR_INVALID', 'LOGIN_THROTTLED']);
    expect(recoveryCodes).toHaveLength(10);
  });
});

describe('a profile', () => {
  it('is changed as far as the mask says', async () => {
    const ada = await person();
    const profile = { displayName: ' Ada ', locale: 'de-AT' };
    const { account } = await identity.client.updateProfile(
      { ...profile, updateMask: { paths: ['display_name'] } },
      ada,
    );
    expect(account).toMatchObject({ displayName: 'Ada', locale: 'en-GB' });
    const wrong = identity.client.updateProfile({ ...profile, updateMask: { paths: ['roles'] } }, ada);
    expect(await reasonOf(wrong)).toBe('UPDATE_MASK_INVALID');
    // The session goes on.
    await identity.client.listSessions({}, ada);
  });
});

describe('an address book', () => {
  const address = { regionCode: 'GB', postalCode: 'N1 9GU', addressLines: ['1 Kettle Row'] };

  it('keeps addresses for their owner alone, one of them preferred', async () => {
    const [ada, bob] = [await person(), await person()];
    const home = await identity.client.saveAddress({ label: 'home', address, preferred: true }, ada);
    const work = await identity.client.saveAddress({ label: 'work', address, preferred: true }, ada);
    const { addresses } = await identity.client.listAddresses({}, ada);
    expect(addresses.map(({ label, preferred }) => [label, preferred])).toEqual([
      ['home', false],
      ['work', true],
    ]);
    expect(addresses[0]?.address).toMatchObject(address);
    const addressId = home.address?.addressId ?? '';
    const foreign = identity.client.saveAddress({ addressId, label: 'mine', address }, bob);
    expect(await reasonOf(foreign)).toBe('ADDRESS_NOT_FOUND');
    expect(await reasonOf(identity.client.deleteAddress({ addressId }, bob))).toBe('ADDRESS_NOT_FOUND');
    expect((await identity.client.listAddresses({}, bob)).addresses).toEqual([]);
    await identity.client.deleteAddress({ addressId: work.address?.addressId ?? '' }, ada);
    expect((await identity.client.listAddresses({}, ada)).addresses).toHaveLength(1);
  });

  it('has room for fifty, and none for what nobody can send to', async () => {
    const ada = await person();
    const nowhere = identity.client.saveAddress({ address: { ...address, addressLines: [] } }, ada);
    expect(await reasonOf(nowhere)).toBe('ADDRESS_INVALID');
    for (let index = 0; index < 50; index++) await identity.client.saveAddress({ address }, ada);
    expect(await reasonOf(identity.client.saveAddress({ address }, ada))).toBe('ADDRESS_LIMIT_EXCEEDED');
  });
});
