import { afterAll, describe, expect, it } from '@jest/globals';
import { startIdentity, type TestIdentity } from './start-identity.ts';

const PASSWORD = 'a demo of the whole shop';

describe('demo accounts', () => {
  const running: TestIdentity[] = [];
  afterAll(() => Promise.all(running.map(({ service }) => service.stop())));

  async function start(env: Record<string, string>): Promise<TestIdentity> {
    const identity = await startIdentity(env);
    running.push(identity);
    return identity;
  }

  it('sign in, one for each role', async () => {
    const { client } = await start({ SOUK_IDENTITY_DEMO_PASSWORD: PASSWORD });
    for (const role of ['shopper', 'support', 'merchandiser']) {
      const { account } = await client.login({ email: `${role}@souk.example`, password: PASSWORD });
      expect(account?.roles).toContain(role);
      expect(account?.roles).not.toContain('admin');
    }
  });

  it('are not there unless they are asked for', async () => {
    const { client } = await start({});
    await expect(client.login({ email: 'support@souk.example', password: PASSWORD })).rejects.toMatchObject({
      rawMessage: expect.any(String),
      code: 16,
    });
  });
});
