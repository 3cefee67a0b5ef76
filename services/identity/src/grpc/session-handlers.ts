import type { ServiceImpl } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { notFound } from '@souk/kernel';
import { principalOf } from '@souk/rpc';
import { createGuest } from '../app/create-guest.ts';
import { login } from '../app/login.ts';
import type { IdentityPorts } from '../app/ports.ts';
import { refreshToken } from '../app/refresh-token.ts';
import { deviceOf } from './device.ts';
import { accountToProto, sessionToProto, tokensToProto } from './to-proto.ts';

const MOST_SESSIONS = 200;

type SessionMethods =
  | 'login'
  | 'createGuest'
  | 'refreshToken'
  | 'logout'
  | 'listSessions'
  | 'revokeSession'
  | 'logoutEverywhere';

/** The RPCs about sessions. */
export function sessionHandlers(
  ports: IdentityPorts,
): Pick<ServiceImpl<typeof IdentityService>, SessionMethods> {
  const now = (): Date => ports.clock.now();
  return {
    async login(request, context) {
      const { email, password, secondFactorCode } = request;
      const device = deviceOf(context);
      const { account, tokens } = await login(ports, email, password, secondFactorCode, device);
      return { account: accountToProto(account), tokens: tokensToProto(tokens) };
    },

    async createGuest(_request, context) {
      const { guestId, tokens } = await createGuest(ports, deviceOf(context));
      return { guestId, tokens: tokensToProto(tokens) };
    },

    async refreshToken(request) {
      return { tokens: tokensToProto(await refreshToken(ports, request.refreshToken)) };
    },

    async logout(_request, context) {
      const { sessionId } = principalOf(context);
      if (sessionId !== undefined) await ports.sessions.end(sessionId, 'logout', now());
      return {};
    },

    async listSessions(_request, context) {
      const { id, sessionId } = principalOf(context);
      const sessions = await ports.sessions.listOpen(id, now(), MOST_SESSIONS);
      return { sessions: sessions.map((session) => sessionToProto(session, sessionId)) };
    },

    async revokeSession(request, context) {
      if (!(await ports.sessions.belongs(request.sessionId, principalOf(context).id)))
        throw notFound('SESSION_NOT_FOUND', 'there is no such session');
      await ports.sessions.end(request.sessionId, 'revoked', now());
      return {};
    },

    async logoutEverywhere(request, context) {
      const { id, sessionId } = principalOf(context);
      const kept = request.keepCurrent ? sessionId : undefined;
      return { ended: await ports.sessions.endAll(id, kept, 'revoked', now()) };
    },
  };
}
