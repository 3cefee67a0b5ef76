import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JWK, importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { readPlatform } from '../../../support/platform.ts';

const keys = z.record(
  z.string(),
  z.looseObject({ kty: z.string(), kid: z.string(), d: z.string(), x: z.string() }),
);

/** Signs as a service of the running platform, as somebody could who has taken one over. */
export async function callerToken(caller: string, callee: string): Promise<string> {
  const key = readKeys()[caller];
  if (key === undefined) throw new Error(`${caller} has no key`);
  return await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: caller })
    .setIssuer(caller)
    .setAudience(`mesh:${callee}`)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(key satisfies JWK, 'EdDSA'));
}

/** Where a service's first replica listens, past the edge. */
export function addressOf(service: string): string {
  const [port] = readPlatform().services[service] ?? [];
  if (port === undefined) throw new Error(`${service} does not run`);
  return `http://127.0.0.1:${String(port)}`;
}

/** The names of the services that run. */
export function serviceNames(): string[] {
  return Object.keys(readPlatform().services);
}

function readKeys(): z.infer<typeof keys> {
  const profile = process.env['SOUK_PROFILE'] ?? 'test';
  const folder = fileURLToPath(new URL('../../../../.souk', import.meta.url));
  return keys.parse(JSON.parse(readFileSync(join(folder, profile, 'mesh-keys.json'), 'utf8')));
}
