import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder of the running profile: `test` under `npm test`; another one by `SOUK_PROFILE`. */
const PROFILE = join(
  fileURLToPath(new URL('../../.souk', import.meta.url)),
  process.env['SOUK_PROFILE'] ?? 'test',
);

const platform = z.object({
  edge: z.url(),
  admin: z.object({ email: z.string(), password: z.string() }),
  namespace: z.string(),
  services: z.record(z.string(), z.array(z.number())),
  simulators: z.record(z.string(), z.url()),
});

const engines = z.object({
  postgres: z.string(),
  mongodb: z.string(),
  redis: z.string(),
  kafka: z.array(z.string()),
  rabbitmq: z.string(),
  elasticsearch: z.string(),
});

const secrets = z.object({ 'provider-api-key': z.string() });

const state = z.object({
  processes: z.array(z.object({ name: z.string(), pid: z.number().optional() })),
});

/** Where the running platform is, as the launcher tells it. */
export type Platform = z.infer<typeof platform>;

/** Reads where the running platform is. @throws Error when none runs. */
export function readPlatform(): Platform {
  return platform.parse(readJson('platform.json'));
}

/** Addresses of the engines that the platform runs on. */
export function readEngines(): z.infer<typeof engines> {
  return engines.parse(readJson('engines.json'));
}

/** The PostgreSQL database of a service, for checks that look behind the services' backs. */
export function databaseOf(service: string): string {
  const url = new URL(readEngines().postgres);
  url.pathname = `/${readPlatform().namespace}_${service}`;
  return url.href;
}

/** The key that the payment provider's API takes. */
export function providerKey(): string {
  return secrets.parse(readJson('secrets.json'))['provider-api-key'];
}

/** The process id of a running process of the platform, by the launcher's name for it. */
export function pidOf(name: string): number {
  const { processes } = state.parse(readJson('platform-state.json'));
  const pid = processes.find((each) => each.name === name)?.pid;
  if (pid === undefined) {
    throw new Error(`${name} does not run`);
  }
  return pid;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(PROFILE, name), 'utf8'));
}
