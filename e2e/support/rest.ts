import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readPlatform } from './platform.ts';

const status = z.object({
  code: z.number(),
  message: z.string(),
  details: z.array(z.looseObject({ '@type': z.string() })),
});

/** An error as the edge shows it. */
export type Status = z.infer<typeof status>;

/** What one REST call came to. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON, of any shape. @throws SyntaxError when it is none. */
  json(): unknown;
}

/** How to call. */
export interface RestOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  /** Sent as it is, without a content type of its own. */
  readonly rawBytes?: Buffer;
  /** The client's address; another loopback address is another client for the edge's limits. */
  readonly from?: string;
  /** Base URL; the platform's edge unless given. */
  readonly base?: string;
}

/** Calls the edge as curl would, whatever the answer is. */
export async function rest(method: string, path: string, options: RestOptions = {}): Promise<Reply> {
  const { token, body, raw, rawBytes, from, base = readPlatform().edge } = options;
  const content = rawBytes ?? raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const call = request(
    `${base}${path}`,
    {
      method,
      headers: {
        ...(content === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...options.headers,
      },
      ...(from === undefined ? {} : { localAddress: from }),
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: (): unknown => JSON.parse(text),
        });
      });
    },
  );
  // More than one may come; who waits hears the first.
  call.on('error', reject);
  call.end(content);
  return promise;
}

/** How often and how long a call waits for its turn, in milliseconds. */
const TURNS = 60;
const TURN_MS = 250;

/** Calls and expects success; gives the body in the shape asked for. Waits while the caller is beyond its limits. */
export async function restOk<Shape extends z.ZodType>(
  shape: Shape,
  method: string,
  path: string,
  options: RestOptions = {},
): Promise<z.infer<Shape>> {
  let reply = await rest(method, path, options);
  for (let turn = 1; reply.status === 429 && turn < TURNS; turn += 1) {
    await sleep(TURN_MS * (0.5 + Math.random()));
    reply = await rest(method, path, options);
  }
  if (reply.status !== 200) {
    throw new Error(`${method} ${path}: ${String(reply.status)} ${reply.text}`);
  }
  return shape.parse(reply.json());
}

/** The error in a reply. @throws ZodError when it is not in the shape that errors have. */
export function errorOf(reply: Reply): Status {
  return status.parse(reply.json());
}

/** The reason in an error's ErrorInfo; undefined when there is none. */
export function reasonOf(reply: Reply): string | undefined {
  const info = errorOf(reply).details.find((detail) => detail['@type'].endsWith('google.rpc.ErrorInfo'));
  return typeof info?.['reason'] === 'string' ? info['reason'] : undefined;
}
