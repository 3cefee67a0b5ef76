import path from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a running platform is, and who may administer it. */
export interface Platform {
  /** Base URL of the edge. */
  readonly edge: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** Base URL of the simulated payment provider's HTTP side, where it is known. */
  readonly paymentProvider: string | undefined;
  /** The key with which its ledger is read. */
  readonly paymentProviderKey: string | undefined;
}

/**
 * Reads where the platform is: from `SOUK_EDGE`, `SOUK_ADMIN_EMAIL`, `SOUK_ADMIN_PASSWORD`, `SOUK_PAYMENT_PROVIDER` and
 * `SOUK_PAYMENT_PROVIDER_API_KEY`, or from the files that the launcher writes (`SOUK_PLATFORM_FILE`, by default that of
 * `npm start`, and the secrets beside it).
 *
 * @throws Error with what to do when there is neither.
 */
export function platformAddresses(env: NodeJS.ProcessEnv = process.env): Platform {
  const file =
    env['SOUK_PLATFORM_FILE'] ?? fileURLToPath(new URL('../../.souk/dev/platform.json', import.meta.url));
  const told = readJson(file);
  const edge = env['SOUK_EDGE'] ?? textAt(told, 'edge');
  const email = env['SOUK_ADMIN_EMAIL'] ?? textAt(told, 'admin', 'email');
  const password = env['SOUK_ADMIN_PASSWORD'] ?? textAt(told, 'admin', 'password');
  if (edge === undefined || email === undefined || password === undefined)
    throw new Error(
      'no platform runs here: `npm start` it, or set SOUK_EDGE, SOUK_ADMIN_EMAIL and SOUK_ADMIN_PASSWORD',
    );
  const secrets = readJson(path.join(path.dirname(file), 'secrets.json'));
  const paymentProvider = env['SOUK_PAYMENT_PROVIDER'] ?? textAt(told, 'simulators', 'payment-provider');
  const paymentProviderKey = env['SOUK_PAYMENT_PROVIDER_API_KEY'] ?? textAt(secrets, 'provider-api-key');
  return { edge, admin: { email, password }, paymentProvider, paymentProviderKey };
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let here = value;
  for (const key of path) {
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
  }
  return typeof here === 'string' ? here : undefined;
}
