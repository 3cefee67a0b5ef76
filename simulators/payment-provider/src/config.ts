import { z } from 'zod';

const schema = z.object({
  SOUK_PROVIDER_HOST: z.string().default('127.0.0.1'),
  SOUK_PROVIDER_PORT: z.coerce.number().int().min(0).max(65_535).default(8_090),
  SOUK_PROVIDER_DATA: z.string().min(1),
  SOUK_PROVIDER_API_KEY: z.string().min(16),
  SOUK_PROVIDER_WEBHOOK_URL: z.url().optional(),
  SOUK_PROVIDER_WEBHOOK_SECRET: z.string().min(16).optional(),
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
 * Reads the settings.
 *
 * @throws z.ZodError if one is missing or malformed.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const env = schema.parse(environment);
  const { SOUK_PROVIDER_WEBHOOK_URL: url, SOUK_PROVIDER_WEBHOOK_SECRET: secret } = env;
  return {
    host: env.SOUK_PROVIDER_HOST,
    port: env.SOUK_PROVIDER_PORT,
    dataFolder: env.SOUK_PROVIDER_DATA,
    apiKey: env.SOUK_PROVIDER_API_KEY,
    webhook: url === undefined || secret === undefined ? undefined : { url, secret },
  };
}
