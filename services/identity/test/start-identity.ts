import { createServer } from 'node:net';
import type { Client } from '@connectrpc/connect';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { startTestService, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';

export const ADMIN = { email: 'admin@souk.test', password: 'a long enough secret' };

const ISSUER = 'https://identity.test';

/** An identity service that verifies its own tokens, with a seeded administrator. */
export interface TestIdentity {
  readonly service: TestService;
  /** `iss` of its tokens. */
  readonly issuer: string;
  readonly client: Client<typeof IdentityService>;
}

export async function startIdentity(env: Record<string, string> = {}): Promise<TestIdentity> {
  const opsPort = await freePort();
  const started = await startTestService(service, {
    env: {
      SOUK_OPS_PORT: String(opsPort),
      SOUK_JWKS_URL: `http://127.0.0.1:${opsPort}/.well-known/jwks.json`,
      SOUK_ISSUER: ISSUER,
      SOUK_IDENTITY_ADMIN_EMAIL: ADMIN.email,
      SOUK_IDENTITY_ADMIN_PASSWORD: ADMIN.password,
      ...env,
    },
  });
  return { service: started, issuer: ISSUER, client: started.client(IdentityService) };
}

/** Headers that carry an access token. */
export function bearer(token: string | undefined): { headers: { authorization: string } } {
  return { headers: { authorization: `Bearer ${token ?? ''}` } };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
