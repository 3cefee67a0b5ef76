import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Key that callers of a process started here show. */
export const API_KEY = 'sk_test_0123456789abcdef';

/** A provider in a process of its own, for tests. */
export interface ProviderProcess {
  readonly url: string;
  call(method: string, path: string, body?: object, key?: string): Promise<{ status: number; body: unknown }>;
  /** Ends the process at once and starts another on the same data and another port. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one with data of its own. */
export async function startProviderProcess(env: Record<string, string> = {}): Promise<ProviderProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-provider-'));
  let { child, url } = await launch(folder, env);
  return {
    get url() {
      return url;
    },
    async call(method, path, body, key) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${API_KEY}`,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    async crash() {
      await end(child, 'SIGKILL');
      ({ child, url } = await launch(folder, env));
    },
    async stop() {
      await end(child, 'SIGTERM');
      await rm(folder, { recursive: true });
    },
  };
}

async function launch(
  folder: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SOUK_PROVIDER_DATA: folder,
      SOUK_PROVIDER_PORT: '0',
      SOUK_PROVIDER_API_KEY: API_KEY,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const { port } = JSON.parse(String(lines[0])) as { port: number };
  return { child, url: `http://127.0.0.1:${port}` };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
