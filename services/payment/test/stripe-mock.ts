import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@souk/testing';

const MODULE = 'github.com/stripe/stripe-mock@v0.203.0';

/**
 * Stripe's own stand-in: it holds requests against Stripe's OpenAPI document and answers with fixtures. `answers` overrides
 * fields of the next answers, by method and path, since the stand-in keeps no state.
 */
export interface StripeMock {
  readonly url: string;
  /** What was asked, as `POST /v1/refunds`, with the idempotency key and the form. */
  readonly asked: { readonly call: string; readonly key: string; readonly form: URLSearchParams }[];
  answer(status: number, change: object): void;
  stop(): Promise<void>;
}

/** Builds the stand-in if it is not in the cache; undefined if there is no Go to build it with. */
async function program(): Promise<string | undefined> {
  const folder = join(homedir(), '.cache', 'souk', 'stripe-mock-0.203.0');
  const file = join(folder, 'stripe-mock');
  if (existsSync(file)) return file;
  try {
    const settings = [`GOBIN=${folder}`, 'GOFLAGS=', 'CGO_ENABLED=0'];
    await promisify(execFile)('env', [...settings, 'go', 'install', MODULE]);
    return file;
  } catch (error) {
    // 127: `env` finds no such program.
    if (error instanceof Error && 'code' in error && error.code === 127) return undefined;
    throw error;
  }
}

/** Starts it behind a proxy that notes requests; undefined where it cannot be built. */
export async function startStripeMock(): Promise<StripeMock | undefined> {
  const file = await program();
  if (file === undefined) return undefined;
  const { child, port } = await launch(file);
  const changes: { status: number; change: object }[] = [];
  const asked: { call: string; key: string; form: URLSearchParams }[] = [];
  const proxy = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      const { method = '', url = '' } = incoming;
      const key = String(incoming.headers['idempotency-key'] ?? '');
      const path = url.split('?')[0] ?? '';
      asked.push({ call: `${method} ${path}`, key, form: new URLSearchParams(body) });
      const reply = await forward(port, incoming, body);
      const next = reply.status < 300 ? changes.shift() : undefined;
      const json = { ...(JSON.parse(reply.body) as object), ...next?.change };
      outgoing.writeHead(next?.status ?? reply.status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(json));
    })();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    asked,
    answer(status, change) {
      changes.push({ status, change });
    },
    async stop() {
      proxy.close();
      proxy.closeAllConnections();
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

async function launch(file: string): Promise<{ child: ChildProcess; port: number }> {
  const holder = createServer();
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  holder.close();
  const child = spawn(file, ['-http-port', String(port)], { stdio: 'ignore' });
  await eventually(async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/v1/customers`, {
      headers: { authorization: 'Bearer sk_test_123' },
    });
    if (!reply.ok) throw new Error('not yet');
  });
  return { child, port };
}

async function text(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function forward(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: url, headers };
    const sent = request(options, (response) => {
      text(response).then((it) => {
        resolve({ status: response.statusCode ?? 0, body: it });
      }, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
