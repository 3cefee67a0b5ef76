import { createServer, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Mailbox } from '../mailbox.ts';
import type { Refusals } from '../smtp.ts';
import { listPage, mailPage } from './html.ts';

const refuse = z.coerce.number().int().min(0).max(1_000_000);

/** Shows the mailbox: pages for people, JSON for programs. */
export function mailboxServer(mailbox: Mailbox, refusals: Refusals): Server {
  return createServer((request, response) => {
    answer(
      mailbox,
      refusals,
      request.method ?? 'GET',
      new URL(request.url ?? '/', 'http://mail-sink'),
      response,
    ).catch((error: unknown) => {
      process.stderr.write(
        `${JSON.stringify({ level: 'error', msg: 'request failed', error: String(error) })}\n`,
      );
      json(response, 500, { error: 'internal' });
    });
  });
}

async function answer(
  mailbox: Mailbox,
  refusals: Refusals,
  method: string,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path, searchParams: query } = url;
  const id = /^\/messages\/(\d{9})(\.json)?$/.exec(path);
  if (method === 'GET' && path === '/healthz') json(response, 200, { status: 'ok' });
  else if (method === 'GET' && path === '/') html(response, listPage(mailbox.list()));
  else if (method === 'GET' && path === '/messages') {
    json(response, 200, { messages: mailbox.list(query.get('to') ?? undefined) });
  } else if (method === 'GET' && id !== null) {
    const mail = mailbox.find(id[1] ?? '');
    if (mail === undefined) json(response, 404, { error: 'no such mail' });
    else if (id[2] === undefined) html(response, mailPage(mail));
    else json(response, 200, mail);
  } else if (method === 'DELETE' && path === '/messages') {
    await mailbox.clear();
    json(response, 200, { messages: [] });
  } else if (method === 'POST' && path === '/admin/refuse') {
    const times = refuse.safeParse(query.get('times') ?? 1);
    if (times.success) refusals.left = times.data;
    json(response, times.success ? 200 : 400, { refusing: refusals.left });
  } else json(response, 404, { error: 'no such page' });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function html(response: ServerResponse, body: string): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
      'x-content-type-options': 'nosniff',
    })
    .end(body);
}
