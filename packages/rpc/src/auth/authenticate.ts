import { unauthenticated } from '@souk/kernel';
import type { ServerContext } from '../server/server-context.ts';
import type { VerifyAccessToken } from './access-token.ts';
import type { MeshIdentity } from './mesh-identity.ts';

/** Carries the token with which a service of the mesh proves itself. The edge removes it from what comes in. */
export const CALLER_HEADER = 'x-souk-caller-token';

/** Establishes who makes a call. Synchronous when both tokens are known already. */
export type Authenticate = (context: ServerContext) => void | Promise<void>;

/** Authenticates by the access token in `authorization` and the caller token of the mesh; both are optional. */
export function authenticator(verifyAccessToken: VerifyAccessToken, mesh: MeshIdentity): Authenticate {
  const authenticateSlowly = async (
    context: ServerContext,
    caller: string | undefined | Promise<string>,
    accessToken: string | undefined,
  ): Promise<void> => {
    const known = await caller;
    if (known !== undefined) setCaller(context, known);
    if (accessToken !== undefined) context.principal = await verifyAccessToken(accessToken);
  };

  return (context) => {
    const callerToken = context.header(CALLER_HEADER);
    const accessToken = bearerToken(context.header('authorization'));
    context.accessToken = accessToken;
    // Every promise that is begun here is awaited: a refusal that nobody heard would end the process.
    const caller = callerToken === undefined ? undefined : mesh.verifyCaller(callerToken);
    if (caller instanceof Promise) return authenticateSlowly(context, caller, accessToken);
    if (caller !== undefined) setCaller(context, caller);
    if (accessToken === undefined) return undefined;
    const principal = verifyAccessToken(accessToken);
    if (principal instanceof Promise) {
      return principal.then((verified) => {
        context.principal = verified;
      });
    }
    context.principal = principal;
    return undefined;
  };
}

function setCaller(context: ServerContext, caller: string): void {
  context.caller = caller;
  context.principal = {
    kind: 'service',
    id: caller,
    sessionId: undefined,
    roles: [],
    permissions: new Set(),
  };
}

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const match = /^Bearer ([\w.~+/=-]+)$/i.exec(header);
  if (match?.[1] === undefined)
    throw unauthenticated('TOKEN_INVALID', 'The authorization header is not a bearer token.');
  return match[1];
}
