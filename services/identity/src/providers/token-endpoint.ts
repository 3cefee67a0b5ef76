import type { IncomingMessage } from 'node:http';
import { DomainError } from '@souk/kernel';
import type { ServiceContext } from '@souk/service';
import type { MachineToken } from '../app/manage-service-accounts.ts';

type Exchange = (secret: string, scopes: readonly string[]) => Promise<MachineToken>;

const MOST_BYTES = 8_192;

/** An answer of RFC 6749, section 5. */
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number>>;
}

/**
 * Serves the token endpoint of OAuth 2.1 for programs: the grant `client_credentials`, authenticated by
 * `client_secret_basic` or `client_secret_post`. `client_id` is the id of an API key and `client_secret` the whole key.
 */
export function serveTokenEndpoint(
  { http, log }: Pick<ServiceContext<unknown>, 'http' | 'log'>,
  exchange: Exchange,
): void {
  http('POST', '/oauth2/token', async (request, response) => {
    const { status, body } = await answer(request, exchange).catch((err: unknown) => {
      log.error({ err }, 'the token endpoint failed');
      return refusal(500, 'server_error');
    });
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(status === 401 ? { 'www-authenticate': 'Basic realm="souk"' } : {}),
      })
      .end(JSON.stringify(body));
  });
}

async function answer(request: IncomingMessage, exchange: Exchange): Promise<Answer> {
  const form = await readForm(request);
  if (form === undefined || hasRepeated(form)) return refusal(400, 'invalid_request');
  if (form.get('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type');
  const client = clientOf(request, form);
  if (client === undefined) return refusal(401, 'invalid_client');
  const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  try {
    const { token, expireTime, scopes: given, keyId } = await exchange(client.secret, scopes);
    if (keyId !== client.id) return refusal(401, 'invalid_client');
    const lifeS = Math.floor((expireTime.getTime() - Date.now()) / 1_000);
    return {
      status: 200,
      body: { access_token: token, token_type: 'Bearer', expires_in: lifeS, scope: given.join(' ') },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.reason === 'SCOPE_NOT_ALLOWED'
      ? refusal(400, 'invalid_scope')
      : refusal(401, 'invalid_client');
  }
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (type?.trim() !== 'application/x-www-form-urlencoded') return undefined;
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MOST_BYTES) return undefined;
  }
  return new URLSearchParams(text);
}

/** Parameters must not be sent more than once (RFC 6749, section 3.2). */
function hasRepeated(form: URLSearchParams): boolean {
  return new Set(form.keys()).size !== [...form.keys()].length;
}

/** The client's id and secret: from the header or the form, not from both. */
function clientOf(
  request: IncomingMessage,
  form: URLSearchParams,
): { id: string; secret: string } | undefined {
  const { authorization } = request.headers;
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === undefined) return id === null || secret === null ? undefined : { id, secret };
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined || secret !== null) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

/** Both halves are form-encoded before they are joined. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
