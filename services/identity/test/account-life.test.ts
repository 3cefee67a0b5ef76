import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EmailConfirmationRequestedSchema,
  EmailConfirmedSchema,
  PasswordResetRequestedSchema,
  RegistrationRepeatedSchema,
} from '@souk/gen/souk/identity/events/v1/identity_events_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { newId, systemClock } from '@souk/kernel';
import { connectKafka, on } from '@souk/messaging';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { bearer, startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'correct horse battery staple';
let identity: TestIdentity;

beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.service.stop());

interface Heard {
  readonly type: 'confirm' | 'confirmed' | 'repeated' | 'reset';
  readonly accountId: string;
  readonly mailId: string;
}

/** What was published so far about accounts. */
async function heard(): Promise<Heard[]> {
  const nothing = (): undefined => undefined;
  const kafka = connectKafka({
    name: 'identity',
    namespace: identity.service.namespace,
    clock: systemClock,
    engines: identity.service.engines,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    onStop: nothing,
    healthCheck: nothing,
  });
  const facts: Heard[] = [];
  await kafka.readAll({
    handlers: [
      on(EmailConfirmationRequestedSchema, async ({ accountId, mailId }) => {
        facts.push({ type: 'confirm', accountId, mailId });
      }),
      on(EmailConfirmedSchema, async ({ accountId }) => {
        facts.push({ type: 'confirmed', accountId, mailId: '' });
      }),
      on(RegistrationRepeatedSchema, async ({ accountId }) => {
        facts.push({ type: 'repeated', accountId, mailId: '' });
      }),
      on(PasswordResetRequestedSchema, async ({ accountId, mailId }) => {
        facts.push({ type: 'reset', accountId, mailId });
      }),
    ],
  });
  await kafka.close();
  return facts;
}

/** The secret of the newest mail to an account, as notification gets it. */
async function secretOf(type: Heard['type'], accountId: string): Promise<string> {
  return eventually(async () => {
    const mail = (await heard()).findLast((each) => each.type === type && each.accountId === accountId);
    if (mail === undefined) throw new Error(`no mail to ${type}`);
    const asNotification = identity.service.client(IdentityService, { caller: 'notification' });
    return (await asNotification.getAccountMail({ mailId: mail.mailId })).token;
  });
}

async function register(email: string, password = PASSWORD): Promise<{ id: string; access: string }> {
  const { account, tokens } = await identity.client.register({ email, password });
  return { id: account?.accountId ?? '', access: tokens?.accessToken ?? '' };
}

async function confirmed(email: string): Promise<{ id: string; access: string }> {
  const registered = await register(email);
  const token = await secretOf('confirm', registered.id);
  await identity.client.confirmEmail({ token }, bearer(registered.access));
  return registered;
}

async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return errorInfoOf(error)?.reason;
  }
}

const newEmail = (): string => `${newId()}@life.test`;

describe('an address', () => {
  it('is confirmed by the secret of a mail, once, and signs in from then on', async () => {
    const email = newEmail();
    const ada = await register(email);
    const token = await secretOf('confirm', ada.id);
    const { account } = await identity.client.confirmEmail({ token }, bearer(ada.access));
    expect(account?.emailConfirmTime).toBeDefined();
    expect(await reasonOf(identity.client.confirmEmail({ token }, bearer(ada.access)))).toBe(
      'MAIL_TOKEN_INVALID',
    );
    const { account: signedIn } = await identity.client.login({ email, password: PASSWORD });
    expect(signedIn?.accountId).toBe(ada.id);
    await eventually(async () =>
      expect(await heard()).toContainEqual({ type: 'confirmed', accountId: ada.id, mailId: '' }),
    );
  });

  it('is not confirmed by a click of who did not register', async () => {
    const ada = await register(newEmail());
    const token = await secretOf('confirm', ada.id);
    expect(await reasonOf(identity.client.confirmEmail({ token, password: 'a guess' }))).toBe(
      'CREDENTIALS_INVALID',
    );
    const stranger = await register(newEmail());
    const asStranger = identity.client.confirmEmail({ token, password: 'a guess' }, bearer(stranger.access));
    expect(await reasonOf(asStranger)).toBe('CREDENTIALS_INVALID');
    await identity.client.confirmEmail({ token, password: PASSWORD });
  });

  it('belongs to one account, however many registered it (medusa#9999)', async () => {
    const email = newEmail();
    const first = await register(email, `${PASSWORD} 1`);
    const second = await register(email.toUpperCase(), `${PASSWORD} 2`);
    const [one, two] = [await secretOf('confirm', first.id), await secretOf('confirm', second.id)];
    const outcomes = await Promise.all([
      reasonOf(identity.client.confirmEmail({ token: one }, bearer(first.access))),
      reasonOf(identity.client.confirmEmail({ token: two }, bearer(second.access))),
    ]);
    expect(outcomes.sort()).toEqual(['MAIL_TOKEN_INVALID', undefined]);
  });

  it('that is taken is answered like a free one, and its owner is told', async () => {
    const email = newEmail();
    const owner = await confirmed(email);
    const [taken, free] = await Promise.all([
      identity.client.register({ email, password: 'the password of a stranger' }),
      identity.client.register({ email: newEmail(), password: 'the password of a stranger' }),
    ]);
    const shapeOf = (reply: typeof taken): unknown => ({
      account: { ...reply.account, accountId: '', email: '', createTime: undefined },
      tokens: Object.keys(reply.tokens ?? {}),
    });
    expect(shapeOf(taken)).toEqual(shapeOf(free));
    // Neither signs in, and both sessions are alike.
    for (const each of [email, free.account?.email ?? ''])
      expect(
        await reasonOf(identity.client.login({ email: each, password: 'the password of a stranger' })),
      ).toBe('CREDENTIALS_INVALID');
    await identity.client.getAccount({ accountId: 'me' }, bearer(taken.tokens?.accessToken));
    await eventually(async () =>
      expect(await heard()).toContainEqual({ type: 'repeated', accountId: owner.id, mailId: '' }),
    );
    const mails = await heard();
    expect(
      mails.some(({ type, accountId }) => type === 'confirm' && accountId === taken.account?.accountId),
    ).toBe(false);
  });

  it('is not flooded with mails', async () => {
    const email = newEmail();
    const ada = await register(email);
    for (let time = 0; time < 8; time++)
      await identity.client.requestEmailConfirmation({}, bearer(ada.access));
    await confirmed(newEmail());
    const mails = (await heard()).filter(({ accountId }) => accountId === ada.id);
    expect(mails).toHaveLength(5);
  });
});

describe('a password', () => {
  it('is set anew by the secret of a mail, which ends all sessions and works once', async () => {
    const email = newEmail();
    const ada = await confirmed(email);
    await identity.client.requestPasswordReset({ email });
    await identity.client.requestPasswordReset({ email: newEmail() });
    const token = await secretOf('reset', ada.id);
    const newPassword = 'a wholly new password';
    expect(await reasonOf(identity.client.resetPassword({ token, newPassword: 'password123' }))).toBe(
      'PASSWORD_TOO_COMMON',
    );
    await identity.client.resetPassword({ token, newPassword });
    expect(await reasonOf(identity.client.resetPassword({ token, newPassword }))).toBe('MAIL_TOKEN_INVALID');
    expect(await reasonOf(identity.client.login({ email, password: PASSWORD }))).toBe('CREDENTIALS_INVALID');
    await identity.client.login({ email, password: newPassword });
    await eventually(async () =>
      expect(await reasonOf(identity.client.getAccount({ accountId: 'me' }, bearer(ada.access)))).toBe(
        'TOKEN_INVALID',
      ),
    );
  });

  it('set by mail confirms the address, too', async () => {
    const email = newEmail();
    const ada = await register(email);
    await identity.client.requestPasswordReset({ email });
    const token = await secretOf('reset', ada.id);
    await identity.client.resetPassword({ token, newPassword: 'a wholly new password' });
    await identity.client.login({ email, password: 'a wholly new password' });
  });

  it('is changed only by who knows it', async () => {
    const ada = await register(newEmail());
    const wrong = { currentPassword: 'wrong', newPassword: 'a wholly new password' };
    expect(await reasonOf(identity.client.changePassword(wrong, bearer(ada.access)))).toBe(
      'CREDENTIALS_INVALID',
    );
    expect(
      await reasonOf(
        identity.client.changePassword(
          { currentPassword: PASSWORD, newPassword: 'password123' },
          bearer(ada.access),
        ),
      ),
    ).toBe('PASSWORD_TOO_COMMON');
  });

  it('is not set by a forged, foreign or unfit secret', async () => {
    const ada = await register(newEmail());
    const forConfirming = await secretOf('confirm', ada.id);
    for (const token of [forConfirming, 'x'.repeat(75), `${newId().replaceAll('-', '')}${'A'.repeat(43)}`])
      expect(
        await reasonOf(identity.client.resetPassword({ token, newPassword: 'a wholly new password' })),
      ).toBe('MAIL_TOKEN_INVALID');
  });
});

describe('a lock', () => {
  it('is told to who knows the password, and lifted', async () => {
    const email = newEmail();
    const ada = await confirmed(email);
    const admin = await identity.client.login({ email: 'admin@souk.test', password: 'a long enough secret' });
    const staff = bearer(admin.tokens?.accessToken);
    const locked = await identity.client.lockAccount({ accountId: ada.id, reason: 'fraud' }, staff);
    expect(locked.account?.locked).toBe(true);
    expect(await reasonOf(identity.client.login({ email, password: 'wrong' }))).toBe('CREDENTIALS_INVALID');
    expect(await reasonOf(identity.client.login({ email, password: PASSWORD }))).toBe('ACCOUNT_LOCKED');
    await identity.client.unlockAccount({ accountId: ada.id }, staff);
    await identity.client.login({ email, password: PASSWORD });
    const own = { accountId: admin.account?.accountId ?? '' };
    expect(await reasonOf(identity.client.lockAccount(own, staff))).toBe('LAST_ADMIN');
    expect(await reasonOf(identity.client.unlockAccount({ accountId: newId() }, staff))).toBe(
      'ACCOUNT_NOT_FOUND',
    );
  });
});

describe('a deleted account', () => {
  it('is gone, and its address is free', async () => {
    const email = newEmail();
    const ada = await confirmed(email);
    const wrong = identity.client.deleteAccount({ accountId: 'me', password: 'wrong' }, bearer(ada.access));
    expect(await reasonOf(wrong)).toBe('CREDENTIALS_INVALID');
    const foreign = { accountId: newId(), password: PASSWORD };
    expect(await reasonOf(identity.client.deleteAccount(foreign, bearer(ada.access)))).toBe(
      'ACCOUNT_NOT_FOUND',
    );
    await identity.client.deleteAccount({ accountId: 'me', password: PASSWORD }, bearer(ada.access));
    expect(await reasonOf(identity.client.login({ email, password: PASSWORD }))).toBe('CREDENTIALS_INVALID');
    const again = await confirmed(email);
    expect(again.id).not.toBe(ada.id);
  });
});

describe('a session', () => {
  it('is revoked by its holder only', async () => {
    const [ada, bob] = [await register(newEmail()), await register(newEmail())];
    const { sessions } = await identity.client.listSessions({}, bearer(ada.access));
    const sessionId = sessions[0]?.sessionId ?? '';
    expect(await reasonOf(identity.client.revokeSession({ sessionId }, bearer(bob.access)))).toBe(
      'SESSION_NOT_FOUND',
    );
  });
});
