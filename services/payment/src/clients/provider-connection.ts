import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { unavailable } from '@souk/kernel';

/** How the provider is reached. */
export interface ProviderAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

/** An answer of the provider that says something definite. */
export interface ProviderReply {
  readonly status: number;
  readonly json: unknown;
}

/** A GET without, a POST with an idempotency key. Throws `PROVIDER_UNAVAILABLE` when the outcome is not known. */
export type AskProvider = (path: string, key?: string, body?: object) => Promise<ProviderReply>;

// One more try at once under the same key: most lost replies are mended before the caller notices.
const ATTEMPTS = 2;
/** Connections at most; calls beyond wait for one. */
const MAX_SOCKETS = 64;
const MAX_REPLY_BYTES = 4 * 1024 * 1024;

/** Asks over connections that are kept open for the next call. */
export function providerConnection({ url, apiKey, timeoutMs }: ProviderAccess): AskProvider {
  const base = new URL(url);
  const isTls = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;
  const agent = isTls ? new TlsAgent(options) : new Agent(options);
  const send = isTls ? httpsRequest : httpRequest;
  const authorization = `Bearer ${apiKey}`;

  function once(path: string, key: string | undefined, content: string | undefined): Promise<ProviderReply> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(content !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(content),
        }),
      };
      const method = key === undefined ? 'GET' : 'POST';
      const sent = send(new URL(path, base), { method, agent, headers }, (response) => {
        readJson(response).then(resolve, reject);
      });
      // The whole call, the wait for a connection included.
      const timer = setTimeout(
        () => sent.destroy(new Error('the provider did not answer in time')),
        timeoutMs,
      );
      sent.on('close', () => {
        clearTimeout(timer);
      });
      sent.on('error', reject);
      sent.end(content);
    });
  }

  return async (path, key, body) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    for (let attempt = 1; ; attempt++) {
      try {
        const reply = await once(path, key, content);
        if (reply.status >= 500 || reply.status === 429 || reply.status === 401)
          throw new Error(`the provider answered ${reply.status}`);
        return reply;
      } catch (cause) {
        if (attempt >= ATTEMPTS) {
          throw unavailable('PROVIDER_UNAVAILABLE', 'The payment provider did not answer; ask again.', {
            retryAfterMs: 1_000,
            cause,
          });
        }
      }
    }
  };
}

async function readJson(response: IncomingMessage): Promise<ProviderReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) throw new Error('the provider’s answer is too long');
    chunks.push(chunk);
  }
  const json: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return { status: response.statusCode ?? 0, json };
}
