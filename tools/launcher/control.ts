import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import path from 'node:path';
import type { Profile } from './profile.ts';

/** What a running launcher does on request. */
export interface Controls {
  stop(): void;
  restart(name: string): Promise<string>;
  scale(name: string, replicas: number): Promise<string>;
}

/** Opens the profile's control socket, which only this user can reach. */
export async function openControl(profile: Profile, controls: Controls): Promise<Server> {
  const socket = socketPath(profile);
  rmSync(socket, { force: true });
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://launcher');
    const reply = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    };
    handle(url, controls).then(
      (text) => {
        reply(200, text);
      },
      (error: unknown) => {
        reply(400, error instanceof Error ? error.message : String(error));
      },
    );
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  const mask = process.umask(0o077);
  server.listen(socket, () => {
    resolve(undefined);
  });
  await promise.finally(() => process.umask(mask));
  return server;
}

/** Asks the profile's launcher; returns its words. @throws Error with its words when it refuses or is not there. */
export async function askLauncher(profile: Profile, query: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const outgoing = request({ socketPath: socketPath(profile), path: query, method: 'POST' }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => {
      if (response.statusCode === 200) resolve(text.trim());
      else reject(new Error(text.trim()));
    });
  });
  outgoing.once('error', () => {
    reject(new Error(`profile ${profile.name} does not run: "npm start" starts it`));
  });
  outgoing.end();
  return promise;
}

async function handle(url: URL, controls: Controls): Promise<string> {
  const name = url.searchParams.get('name') ?? '';
  if (url.pathname === '/stop') {
    controls.stop();
    return 'stopping';
  }
  if (url.pathname === '/restart') return controls.restart(name);
  if (url.pathname === '/scale') return controls.scale(name, Number(url.searchParams.get('replicas')));
  throw new Error(`no such control: ${url.pathname}`);
}

/** Relative to the root, which every command runs in: an absolute path may exceed what a socket address holds. */
function socketPath(profile: Profile): string {
  return path.relative(process.cwd(), path.join(profile.folder, 'control.sock'));
}
