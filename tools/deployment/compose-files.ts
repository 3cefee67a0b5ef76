import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderRateLimitConfig } from '../envoy/global-limit.ts';
import { readLimits } from '../envoy/limits.ts';
import { renderEnvoy } from '../envoy/render.ts';
import { constantCase } from '../launcher/environment.ts';
import { openMeshKeys } from '../launcher/mesh-keys.ts';
import { listServices } from '../launcher/services.ts';
import { containerEdge } from './edge-settings.ts';

/** Addresses of Docker's networks: the machine's own calls come from there. */
const ISSUER = 'https://souk.example';

/** Writes what the containers of `compose.yaml`'s profile `platform` need to `.souk/compose`; secrets are made once. */
export function writeComposeFiles(root: string): string {
  const folder = path.join(root, '.souk/compose');
  mkdirSync(path.join(folder, 'ratelimit'), { recursive: true });
  const services = listServices(root);
  writeFileSync(
    path.join(folder, 'envoy.json'),
    JSON.stringify(renderEnvoy(containerEdge(services, ISSUER)), null, 2),
  );
  writeFileSync(
    path.join(folder, 'ratelimit/limits.yaml'),
    JSON.stringify(renderRateLimitConfig(readLimits(), []), null, 2),
  );
  const file = path.join(folder, '.env');
  if (!existsSync(file)) writeFileSync(file, environmentFile(folder, services), { mode: 0o600 });
  return file;
}

function environmentFile(folder: string, services: readonly string[]): string {
  const keys = openMeshKeys({ folder }, services);
  const secret = (): string => randomBytes(24).toString('base64url');
  const variables = {
    SOUK_ENGINE_PASSWORD: secret(),
    SOUK_SECRET: secret(),
    SOUK_ISSUER: ISSUER,
    SOUK_ADMIN_PASSWORD: secret(),
    SOUK_PROVIDER_API_KEY: secret(),
    SOUK_PROVIDER_WEBHOOK_SECRET: secret(),
    SOUK_MESH_JWKS: keys.publicKeys,
    ...Object.fromEntries(
      services.map((service) => [`SOUK_MESH_KEY_${constantCase(service)}`, keys.privateKey(service)]),
    ),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
