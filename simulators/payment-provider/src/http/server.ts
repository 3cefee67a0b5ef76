import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Refusal } from '../bank.ts';
import type { Reply } from '../objects.ts';
import { type Provider, ReplyDropped } from '../provider.ts';
import { CHALLENGE_PATH } from './challenge-page.ts';
import { type Request, ROUTES } from './routes.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** The provider's HTTP face. */
export function providerServer(provider: Provider, apiKey: string): Server {
  return createServer((request, response) => {
    serve(provider, apiKey, request).then(
      (reply) => {
        write(response, reply);
      },
      (error: unknown) => {
        if (error instanceof ReplyDropped) request.socket.destroy();
        else if (error instanceof Refusal) write(response, error);
        else {
          process.stderr.write(
            `${JSON.stringify({ level: 'error', msg: 'request failed', error: String(error) })}\n`,
          );
          write(response, { status: 500, body: { error: { type: 'api_error', code: 'internal' } } });
        }
      },
    );
  });
}

async function serve(provider: Provider, apiKey: string, message: IncomingMessage): Promise<Reply> {
  const method = message.method ?? 'GET';
  const url = new URL(message.url ?? '/', 'http://provider');
  if (!isForAll(url.pathname) && !isAuthorized(message, apiKey))
    throw new Refusal(401, { type: 'invalid_request_error', code: 'api_key_invalid' });
  const request: Request = { method, url, headers: message.headers, body: await readBody(message) };
  for (const { method: wantedMethod, segments, route } of COMPILED) {
    if (wantedMethod !== method) continue;
    const id = match(segments, url.pathname);
    if (id !== undefined) return route(provider, request, id);
  }
  throw new Refusal(404, { type: 'invalid_request_error', code: 'route_unknown' });
}

const COMPILED = Object.entries(ROUTES).map(([pattern, route]) => {
  const [method = '', path = ''] = pattern.split(' ');
  return { method, segments: path.split('/'), route };
});

/** The `:id` segment if the path fits (empty if the pattern has none), else undefined. */
function match(wanted: readonly string[], path: string): string | undefined {
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let id = '';
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment === ':id') id = value;
    else if (segment !== value) return undefined;
  }
  return id;
}

/** Payers have no key, and neither has whoever asks for the health. */
function isForAll(path: string): boolean {
  return path === '/healthz' || path.startsWith(CHALLENGE_PATH);
}

function isAuthorized({ headers }: IncomingMessage, apiKey: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${apiKey}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new Refusal(413, { type: 'invalid_request_error', code: 'body_too_large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, { status, body, html }: Reply): void {
  const text = html ?? JSON.stringify(body);
  response.writeHead(status, {
    'content-length': Buffer.byteLength(text),
    ...(html === undefined
      ? { 'content-type': 'application/json' }
      : {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
        }),
  });
  response.end(text);
}
