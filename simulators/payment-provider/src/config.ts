import { createHmac } from 'node:crypto';
import { z } from 'zod';

const schema = z.object({
  SOUK_PROVIDER_HOST: z.string().default('127.0.0.1'),
  SOUK_PROVIDER_PORT: z.coerce.number().int().min(0).max(65_535).default(8_090),
  SOUK_PROVIDER_DATA: z.string().min(1),
  SOUK_PROVIDER_API_KEY: z.string().min(16).optional(),
  SOUK_PROVIDER_WEBHOOK_URL: z.url().optional(),
  SOUK_PROVIDER_WEBHOOK_SECRET: z.string().min(16).optional(),
  SOUK_SECRET: z.string().min(16).optional(),
});

/** Settings of the simulated provider. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port and prints it. */
  readonly port: number;
  /** Folder of the journal. */
  readonly dataFolder: string;
  /** What callers send as `Authorization: Bearer …`. */
  readonly apiKey: string;
  /** Where events go; without it they are kept and can be read only. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
}

/**
 * Reads the settings. A key that is not given is derived from the platform's secret as payment derives its own, so that the
 * two agree on a developer's machine without further ado.
 *
 * @throws Error if one is missing or malformed.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const env = schema.parse(environment);
  const url = env.SOUK_PROVIDER_WEBHOOK_URL;
  const secret = env.SOUK_PROVIDER_WEBHOOK_SECRET ?? derived(env.SOUK_SECRET, 'webhooks');
  const apiKey = env.SOUK_PROVIDER_API_KEY ?? derived(env.SOUK_SECRET, 'provider-api-key');
  if (apiKey === undefined) throw new Error('SOUK_PROVIDER_API_KEY or SOUK_SECRET is required');
  return {
    host: env.SOUK_PROVIDER_HOST,
    port: env.SOUK_PROVIDER_PORT,
    dataFolder: env.SOUK_PROVIDER_DATA,
    apiKey,
    webhook: url === undefined || secret === undefined ? undefined : { url, secret },
  };
}

function derived(platformSecret: string | undefined, purpose: string): string | undefined {
  if (platformSecret === undefined) return undefined;
  return createHmac('sha256', platformSecret).update(`payment:${purpose}`).digest('hex');
}
